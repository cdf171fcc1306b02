"""What lambda_python_package() refuses, word for word."""
import os
import shutil

import pytest

SOURCE = os.environ["LAMBDA_PYTHON_SOURCE_DIR"]
GOOD = "HANDLER billing.app.handler RUNTIME python3.13"
ARN = "arn:aws:lambda:eu-central-1:123456789012:layer:telemetry:7"
EXTERNAL = "EXTERNAL_LAYERS must be <ARN of a layer's version>=<unzipped size>, the size in bytes and below 262144000"
RUNTIMES = "python3.8, python3.9, python3.10, python3.11, python3.12, python3.13 or python3.14"
REFUSED = {
    "no handler": ("billing RUNTIME python3.13",
                   "HANDLER is missing; it is the <module>.<function> that Lambda calls"),
    "a handler without a dot": ("billing RUNTIME python3.13 HANDLER handler",
                                'HANDLER must be <module>.<function>; got "handler"'),
    "a handler without a function": ("billing RUNTIME python3.13 HANDLER app.",
                                     'HANDLER must be <module>.<function>; got "app."'),
    "no runtime": ("billing HANDLER app.handler",
                   "RUNTIME is missing: give it here, or set LAMBDA_PYTHON_RUNTIME for all packages"),
    "a runtime that Lambda does not have": ("billing HANDLER app.handler RUNTIME python3.7",
                                            f'RUNTIME must be {RUNTIMES}; got "python3.7"'),
    "a machine's name for the architecture": (f"billing {GOOD} ARCHITECTURE amd64",
                                              'ARCHITECTURE must be x86_64 or arm64; got "amd64"'),
    "a source folder that is not there": (f"billing {GOOD} SOURCE_DIR nowhere",
                                          'SOURCE_DIR must be a folder; got "{source}/nowhere"'),
    "a file as source folder": (f"billing {GOOD} SOURCE_DIR CMakeLists.txt",
                                'SOURCE_DIR must be a folder; got "{source}/CMakeLists.txt"'),
    "an unknown argument": (f"billing STORE x {GOOD}", 'unknown argument "STORE"'),
    "a value too many": (f"billing {GOOD} python3.14", 'unknown argument "python3.14"'),
    "an unknown argument after a list of names": (f"billing {GOOD} GROUPS api PROFILE fast",
                                                  'unknown argument "PROFILE"'),
    "an extension module that is not there": (f"billing {GOOD} DEPENDS x EXTENSIONS fast",
                                              "EXTENSIONS names fast, which is no target here; define it before the package"),
    "an extension module that is none": (
        f"billing {GOOD} EXTENSIONS other_zip",
        "EXTENSIONS must be module libraries, as Python3_add_library(), pybind11_add_module() and nanobind_add_module() "
        "make them, or of lambda_python_add_extension(); other_zip is of the type utility"),
    "a package without an extension module": (f"billing {GOOD} EXTENSIONS =billing.native",
                                              'EXTENSIONS must be <target> or <target>=<package>; got "=billing.native"'),
    "an extension module in a folder": (
        f"billing {GOOD} EXTENSIONS fast=billing/native",
        'EXTENSIONS must name a package as Python imports it, such as my_lambda.native; got "billing/native"'),
    "a variable of no distribution's build": (
        f"billing {GOOD} BUILD_ENVIRONMENT CFLAGS=-g",
        'BUILD_ENVIRONMENT must be <distribution>:<variable>=<value>; got "CFLAGS=-g"'),
    "a package for extension modules that is a folder": (
        f"billing {GOOD} EXTENSIONS fast EXTENSION_PACKAGE a/b",
        'EXTENSION_PACKAGE must name a package as Python imports it, such as my_lambda.native; got "a/b"'),
    "a package for no extension modules": (f"billing {GOOD} EXTENSION_PACKAGE billing",
                                           "EXTENSION_PACKAGE is given, but no EXTENSIONS"),
    "stripping of no extension modules": (f"billing {GOOD} STRIP_EXTENSIONS",
                                          "STRIP_EXTENSIONS is given, but no EXTENSIONS"),
    "a layer that is not there": (f"billing {GOOD} EXCLUDE *.md LAYERS base",
                                  'there is no layer "base"; lambda_python_layer(base …) must come before'),
    "a package as a layer": (f"billing {GOOD} LAYERS other",
                             'there is no layer "other"; lambda_python_layer(other …) must come before'),
    "a layer for another runtime": (f"billing {GOOD} LAYERS old",
                                    "the layer old is for python3.8, python3.9, and this package is for python3.13"),
    "a layer for another architecture": (f"billing {GOOD} LAYERS arm",
                                         "the layer arm is for arm64, and this package is for x86_64"),
    "a layer in AWS without its size": (
        f"billing {GOOD} EXTERNAL_LAYERS {ARN}",
        "EXTERNAL_LAYERS must be <ARN of a layer's version>=<unzipped size>, the size in bytes and below 262144000; "
        f'got "{ARN}"'),
    "a layer in AWS with a unit": (f"billing {GOOD} EXTERNAL_LAYERS {ARN}=4MB", f'{EXTERNAL}; got "{ARN}=4MB"'),
    "a layer in AWS that fills the function": (f"billing {GOOD} EXTERNAL_LAYERS {ARN}=262144000",
                                               f'{EXTERNAL}; got "{ARN}=262144000"'),
    "a layer in AWS without a version": (f"billing {GOOD} EXTERNAL_LAYERS {ARN[:-2]}=1",
                                         f'{EXTERNAL}; got "{ARN[:-2]}=1"'),
    "six layers in AWS": (f"billing {GOOD} EXTERNAL_LAYERS " + " ".join(f"{ARN}{n}=1" for n in range(6)),
                          "there are 6 LAYERS and EXTERNAL_LAYERS; Lambda takes at most 5 layers"),
    "a word for bytecode": (f"billing BYTECODE on {GOOD}", 'BYTECODE must be AUTO, ON or OFF; got "on"'),
    "an argument given twice": (f"billing {GOOD} RUNTIME python3.12", "RUNTIME is given twice"),
    "a list given twice": (f"billing {GOOD} GROUPS a EXTRAS b GROUPS c", "GROUPS is given twice"),
    "a value given twice": (f"billing {GOOD} GROUPS api api", 'GROUPS has "api" twice'),
    "an argument without its value": (f"billing LOCK {GOOD}", "LOCK needs a value"),
    "a list without values": (f"billing {GOOD} FILES", "FILES needs a value"),
    "an empty value": ('billing HANDLER "${unset}" RUNTIME python3.13', "HANDLER has an empty value"),
    "an empty value in a list": (f'billing {GOOD} EXCLUDE *.md ""', "EXCLUDE has an empty value"),
    "a name that no target can have": (f'"my billing" {GOOD}',
                                       'the name must be made of letters, digits, "_", ".", "+" and "-"'),
    "an empty name": (f'"" {GOOD}', 'the name must be made of letters, digits, "_", ".", "+" and "-"'),
    "a name whose target there is already": (f"other {GOOD}", "there is a target other_zip already"),
    "a name that is taken by the umbrella targets": (f"lambda {GOOD}", "there is a target lambda_export already"),
    "files without a destination": (f"billing {GOOD} FILES motd.txt",
                                    'FILES must be <source>=<destination>; got "motd.txt"'),
    "files without a source": (f"billing {GOOD} FILES =motd.txt",
                               'FILES must be <source>=<destination>; got "=motd.txt"'),
    "an absolute destination": (f"billing {GOOD} FILES motd.txt=/etc/motd",
                                'FILES must have a destination inside the package; got "/etc/motd"'),
    "a destination outside": (f"billing {GOOD} FILES motd.txt=a/../../motd",
                              'FILES must have a destination inside the package; got "a/../../motd"'),
    "two files for one destination": (f"billing {GOOD} FILES a=x b=x", 'FILES has the destination "x" twice'),
    "a folder in the output's name": (f"billing {GOOD} OUTPUT_NAME out/billing",
                                      'OUTPUT_NAME must be a file name without ".zip"; got "out/billing"'),
    "an extension in the output's name": (f"billing {GOOD} OUTPUT_NAME billing.zip",
                                          'OUTPUT_NAME must be a file name without ".zip"; got "billing.zip"'),
    "too little memory": (f"billing {GOOD} MEMORY 64",
                          'MEMORY must be a whole number from 128 to 10240; got "64"'),
    "memory with a unit": (f"billing {GOOD} MEMORY 512MB",
                           'MEMORY must be a whole number from 128 to 10240; got "512MB"'),
    "too long a timeout": (f"billing {GOOD} TIMEOUT 901",
                           'TIMEOUT must be a whole number from 1 to 900; got "901"'),
    "a function's name that AWS refuses": (
        f"billing {GOOD} FUNCTION_NAME billing.v2",
        'FUNCTION_NAME must be up to 64 letters, digits, "-" and "_"; got "billing.v2"'),
    "an environment variable that AWS refuses": (
        f"billing {GOOD} ENVIRONMENT 1ST=x",
        'ENVIRONMENT must be <variable>=<value> or <variable>; got "1ST=x"'),
    "an environment variable given twice": (f"billing {GOOD} ENVIRONMENT STAGE=a STAGE=b",
                                            'ENVIRONMENT has "STAGE" twice'),
    "a role that is none": (f"billing {GOOD} ROLE role/x", 'ROLE must be the name or the ARN of an IAM role; got "role/x"'),
    "a role to make that has no name": (f"billing {GOOD} CREATE_ROLE", "CREATE_ROLE needs ROLE, the name of the role"),
    "a role to make that is there": (
        f"billing {GOOD} CREATE_ROLE ROLE arn:aws:iam::123456789012:role/x",
        'CREATE_ROLE makes a role by its name; got "arn:aws:iam::123456789012:role/x"'),
    "too long a description": (f"billing {GOOD} DESCRIPTION {'x' * 257}",
                               "DESCRIPTION must have up to 256 characters; got 257"),
    "an alias that could be a version": (f"billing {GOOD} ALIAS 3",
                                         'ALIAS must be letters, digits, "-" and "_", and no number; got "3"'),
    "a bucket with its scheme": (f"billing {GOOD} S3_BUCKET s3://x", 'S3_BUCKET must be the name of a bucket; got "s3://x"'),
    "a tag of AWS' own": (f"billing {GOOD} TAGS aws:x=y",
                          'TAGS must be <key>=<value>, and no key begins with "aws:"; got "aws:x=y"'),
    "a tag without a value": (f"billing {GOOD} TAGS team",
                              'TAGS must be <key>=<value>, and no key begins with "aws:"; got "team"'),
    "a tag given twice": (f"billing {GOOD} TAGS a=b a=c", 'TAGS has "a" twice'),
    "an argument without its value before one for deployment": (f"billing {GOOD} PROVIDED boto3 ALIAS",
                                                                "ALIAS needs a value"),
    "a generator expression that is not known yet": (
        f"billing {GOOD} OUTPUT_DIRECTORY $<TARGET_FILE_DIR:x>",
        'OUTPUT_DIRECTORY has no other generator expression than $<CONFIG>; got "$<TARGET_FILE_DIR:x>"'),
}
PROJECT = """\
cmake_minimum_required(VERSION 3.22)
project(arguments LANGUAGES NONE)
add_subdirectory("${LAMBDA_PYTHON_SOURCE_DIR}" lambda-python)
"""
OTHERS = """\
add_custom_target(other_zip)
lambda_python_layer(old RUNTIMES python3.8 python3.9)
lambda_python_layer(arm RUNTIMES python3.13 ARCHITECTURES arm64)
"""


def said(output):
    """CMake's message as one line: it breaks long ones."""
    return " ".join(output.split())


@pytest.mark.parametrize("case", REFUSED)
def test_a_mistake_is_named(arguments, case):
    call, message = REFUSED[case]
    arguments.write("CMakeLists.txt", f"{PROJECT}{OTHERS}lambda_python_package({call})\n")
    done = arguments.configure(ok=False)
    assert done.returncode != 0
    name = call.split()[0].strip('"') if not call.startswith('"') else call.split('"')[1]
    assert f"lambda_python_package({name}): " + message.format(source=arguments.source) in said(done.stdout)
    assert not list(arguments.build_folder.rglob("settings.json"))


def test_a_default_from_a_variable_is_checked_and_named(arguments):
    arguments.write("CMakeLists.txt", PROJECT + "set(LAMBDA_PYTHON_ARCHITECTURE aarch64)\n"
                    f"lambda_python_package(billing {GOOD})\n")
    done = arguments.configure(ok=False)
    assert ('lambda_python_package(billing): ARCHITECTURE must be x86_64 or arm64; got "aarch64" '
            "(from LAMBDA_PYTHON_ARCHITECTURE)") in said(done.stdout)


def test_two_packages_cannot_make_the_same_zip(arguments):
    arguments.write("CMakeLists.txt", PROJECT + f"lambda_python_package(one {GOOD} OUTPUT_NAME x)\n"
                    f"lambda_python_package(two {GOOD} OUTPUT_NAME x)\n")
    done = arguments.configure(ok=False)
    assert ("lambda_python_package(two): x.zip is made by one already; give one of them another OUTPUT_NAME"
            in said(done.stdout))


def test_a_missing_interpreter_is_named(arguments):
    arguments.write("CMakeLists.txt", PROJECT + f"lambda_python_package(billing {GOOD})\n")
    done = arguments.configure("-DPython3_EXECUTABLE=/no/python3", ok=False)
    assert ("lambda_python_package(billing): no Python 3.8 or later to run the project's build backend; "
            "set Python3_EXECUTABLE") in said(done.stdout)


def test_a_missing_helper_is_named(arguments):
    done = arguments.configure("-DLAMBDA_PYTHON_TOOL=/no/lambda-pack", ok=False)
    assert ('LambdaPython: LAMBDA_PYTHON_TOOL must be a lambda-pack program; got "/no/lambda-pack"'
            in said(done.stdout))


@pytest.mark.parametrize("call, message", [
    ("RUNTIME python3.13 MACHINE arm64", 'lambda_python_toolchain(): unknown argument "MACHINE;arm64"'),
    ("ARCHITECTURE arm64", "lambda_python_toolchain(): RUNTIME is missing: give it, or set LAMBDA_PYTHON_RUNTIME"),
    ("RUNTIME python3.13", "lambda_python_toolchain(): there is no lambda-pack on the PATH; set LAMBDA_PYTHON_TOOL"),
])
def test_a_toolchain_files_mistake_is_named(consumer, oldest_cell, call, message):
    project = consumer(None, oldest_cell, helper=False)
    project.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.22)\nproject(elsewhere LANGUAGES NONE)\n")
    file = project.write("toolchain.cmake", f'include("{SOURCE}/cmake/LambdaPython/toolchain.cmake")\n'
                         f"lambda_python_toolchain({call})\n")
    done = project.configure(f"-DCMAKE_TOOLCHAIN_FILE={file}", ok=False,
                             PATH=f"{shutil.which('ninja').rpartition('/')[0]}:/usr/bin:/bin")
    assert done.returncode != 0 and message in said(done.stdout)
