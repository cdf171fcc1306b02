"""Canonical bytecode: the same whatever happened before it was compiled, and equal to what the compiler made."""

import os
import shutil
import subprocess
import sys

import pytest

# Reads names of files, a line each; writes what marshal makes of each that compiles, after its size.
COMPILE = r"""
import marshal, sys, warnings
warnings.simplefilter("ignore")
kept = []
for name in sys.stdin.read().split("\n"):
    with open(name, "rb") as file:
        code = compile(file.read(), "/var/task/" + name, "exec", dont_inherit=True, optimize=0)
    kept.append(code)  # what lives on raises reference counts
    data = marshal.dumps(code)
    sys.stdout.buffer.write(len(data).to_bytes(4, "little") + data)
"""

# The two files hold the same code objects; what differs is named.
COMPARE = r"""
import marshal, sys, types
def frames(name):
    data, at = open(name, "rb").read(), 0
    while at < len(data):
        size = int.from_bytes(data[at:at + 4], "little")
        yield marshal.loads(data[at + 4:at + 4 + size])
        at += 4 + size
FIELDS = [name for name in dir(types.CodeType) if name.startswith("co_") and name not in ("co_lines", "co_positions",
          "co_branches", "co_lnotab")]
def same(one, other, where):
    assert type(one) is type(other), where
    if isinstance(one, types.CodeType):
        for field in FIELDS:
            same(getattr(one, field), getattr(other, field), where + "." + field)
        for lines in ("co_lines", "co_positions"):
            if hasattr(one, lines):
                assert list(getattr(one, lines)()) == list(getattr(other, lines)()), where
    elif isinstance(one, tuple):
        assert len(one) == len(other), where
        for a, b in zip(one, other):
            same(a, b, where)
    elif isinstance(one, frozenset):
        assert sorted(map(key, one)) == sorted(map(key, other)), where
    else:
        assert repr(one) == repr(other), where  # also tells 0.0 from -0.0
def key(value):
    return (type(value).__name__, sorted(map(key, value)) if isinstance(value, frozenset) else repr(value))
count = 0
for one, other in zip(frames(sys.argv[1]), frames(sys.argv[2])):
    same(one, other, one.co_filename)
    count += 1
print(count)
"""

# Modules of the standard library with all that matters: sets, strings of one letter, annotations, large tables.
MODULES = """argparse ast _pydecimal _pyio calendar codecs configparser dataclasses datetime difflib doctest enum ftplib
    functools html/entities html/parser inspect json/decoder optparse pickletools pydoc re sre_parse re/_parser statistics
    string tarfile token tokenize typing unittest/mock xml/dom/minidom zipfile zipfile/__init__ encodings/idna""".split()


def run(program, script, *arguments, seed, **options):
    done = subprocess.run([program, "-S", "-c", script, *map(str, arguments)], capture_output=True,
                          env={**os.environ, "PYTHONHASHSEED": str(seed)}, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def canonical(streams, minor):
    done = subprocess.run([os.environ["LAMBDA_PACK_MARSHAL_PROBE"], str(minor)], input=streams, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def split(streams):
    at, parts = 0, []
    while at < len(streams):
        size = int.from_bytes(streams[at:at + 4], "little")
        parts.append(streams[at + 4:at + 4 + size])
        at += 4 + size
    return parts


def found(minor):
    program = sys.executable if minor == sys.version_info.minor else shutil.which(f"python3.{minor}")
    runs = program and subprocess.run([program, "-c", "pass"], capture_output=True).returncode == 0
    return program if runs else None


# tools/test brings those from 3.9 to 3.13; the others count where they are.
@pytest.mark.parametrize("minor", [*range(9, 14), *filter(found, (8, 14))])
def test_bytecode_depends_on_the_source_alone_and_is_what_the_compiler_made(minor, tmp_path):
    program = found(minor)
    assert program, f"no Python 3.{minor} on this machine; tools/test finds or installs it"
    library = run(program, "import os, sys; sys.stdout.write(os.path.dirname(os.__file__))", seed=0).decode()
    names = [f"{module}.py" for module in MODULES if os.path.exists(f"{library}/{module}.py")]
    assert len(names) > 25

    forwards = run(program, COMPILE, seed=1, input="\n".join(names).encode(), cwd=library)
    backwards = run(program, COMPILE, seed=777, input="\n".join(reversed(names)).encode(), cwd=library)
    one, other = canonical(forwards, minor), canonical(backwards, minor)
    assert dict(zip(names, split(one))) == dict(zip(reversed(names), split(other)))
    assert canonical(one, minor) == one

    (tmp_path / "compiled").write_bytes(forwards)
    (tmp_path / "canonical").write_bytes(one)
    assert int(run(program, COMPARE, tmp_path / "compiled", tmp_path / "canonical", seed=0)) == len(names)
