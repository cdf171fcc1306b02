import yaml
from money import text, total


def handler(event, context):
    return yaml.safe_dump({"customer": event["customer"], "total": text(total(event["lines"]))})
