"""Compiles modules, one after another, for lambda-pack. Runs under `python -I -S -c`.

Says on stdout what it is: `lambda-pack compiles`, the implementation and its version, a line each. A request is the size
of the module's path and that of its source, four bytes each, the lowest first, and the two; an answer is the size of what
follows, and the bytecode file's content, or nothing when the module does not compile. Works with Python 3.8 and later,
and imports nothing that is not there when Python has started.
"""
import _frozen_importlib_external as external
import _imp
import gc
import marshal
import sys

UNCHECKED_HASH = 1  # PEP 552


def bytecode(path, source):
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    magic = external.MAGIC_NUMBER
    digest = _imp.source_hash(int.from_bytes(magic, "little"), source)
    return magic + UNCHECKED_HASH.to_bytes(4, "little") + digest + marshal.dumps(code)


def main():
    gc.disable()  # syntax trees are no objects, and code objects hold no cycles
    ask, tell = sys.stdin.buffer, sys.stdout.buffer
    version = ".".join(map(str, sys.version_info[:3]))
    tell.write(b"lambda-pack compiles\n%s\n%s\n" % (sys.implementation.name.encode(), version.encode()))
    tell.flush()
    while True:
        head = ask.read(8)
        if len(head) < 8:
            return
        path = ask.read(int.from_bytes(head[:4], "little"))
        source = ask.read(int.from_bytes(head[4:], "little"))
        try:
            answer = bytecode(path.decode(), source)
        except Exception:  # what a template or a remnant of Python 2 raises is of many kinds
            answer = b""
        tell.write(len(answer).to_bytes(4, "little"))
        tell.write(answer)
        tell.flush()


main()
