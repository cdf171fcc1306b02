"""Asks the room `bundle` through its probe (comparison/bundle_probe.cpp), which LAMBDA_PACK_BUNDLE_PROBE names."""

import json
import os
import subprocess


def ask_bundle(questions):
    """The probe's answers, in order."""
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    probe = subprocess.run([os.environ["LAMBDA_PACK_BUNDLE_PROBE"]], input=lines, stdout=subprocess.PIPE, text=True,
                           check=True)
    answers = [json.loads(line) for line in probe.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers
