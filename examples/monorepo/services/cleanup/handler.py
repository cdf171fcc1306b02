"""A script, and no package: what it needs is in requirements.txt, made by `uv pip compile --generate-hashes`."""
import isodate


def handler(event, context):
    return str(isodate.parse_duration(event["keep"]))
