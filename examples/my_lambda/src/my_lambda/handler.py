"""Lambda's way in. The name has two dots, my_lambda.handler.handler: package, module, function."""

import json
import os

from . import utils


def handler(event, context):
    print("event:", json.dumps(event, sort_keys=True))
    for key in ("key1", "key2", "key3"):
        print(f"{key} = {event[key]}")

    print(utils.summary())

    # Lambda starts the function in the task root, the folder that holds what is at the root of the zip.
    print("cwd:", os.getcwd())
    with open("my_lambda/stuff/config.yml", encoding="utf-8") as file:
        print("config.yml:", file.readlines())

    return event["key1"]
