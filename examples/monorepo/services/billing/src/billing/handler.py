from mail import letter
from money import text, total


def handler(event, context):
    return letter("invoice", customer=event["customer"], amount=text(total(event["lines"])))
