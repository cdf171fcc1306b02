"""Wheels that lie, served under the very hash that the lock has: refused where they would enter the store."""

import hashlib
import io
import struct
import zipfile
import zlib

import pytest

from index_server import wheel_of
from packing import message_of, record_hash, tiny_elf, wheel_files, wheel_with, zip_of

NAME = "one-1.0-py3-none-any.whl"
INFO = "one-1.0.dist-info"
CODE = "one/__init__.py"
HINT = ("hint: the file is damaged or not what it claims to be: fetch it again, and if that does not help, lock another "
        "version and tell the project that published it\n")
LOCAL, CENTRAL = "PK\3\4", "PK\1\2"
# Where fields are, in a local header and in a central one (APPNOTE 4.3.7 and 4.3.12).
FIELDS = {"flags": (6, 8, "<H"), "method": (8, 10, "<H"), "crc": (14, 16, "<I"), "compressed size": (18, 20, "<I"),
          "size": (22, 24, "<I"), "attributes": (None, 38, "<I"), "offset": (None, 42, "<I")}


class Forgery:
    """A good wheel's bytes, to be spoiled."""

    def __init__(self, **extra):
        entries = wheel_files("one", "1.0", {CODE: "VALUE = 1\n" * 20, **extra})
        self.data = bytearray(zip_of(entries))

    def local(self, name):
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            return archive.getinfo(name).header_offset

    def central(self, name):
        at = self.data.index(b"PK\1\2")
        while True:
            name_size, extra_size, comment_size = struct.unpack_from("<HHH", self.data, at + 28)
            if self.data[at + 46:at + 46 + name_size] == name.encode():
                return at
            at += 46 + name_size + extra_size + comment_size

    def set(self, field, value, name=CODE, where="both"):
        """Puts the value into the entry's headers; a function makes it from the one that is there."""
        local_field, central_field, kind = FIELDS[field]
        places = []
        if where != "central" and local_field is not None:
            places.append(self.local(name) + local_field)
        if where != "local":
            places.append(self.central(name) + central_field)
        for place in places:
            old, = struct.unpack_from(kind, self.data, place)
            struct.pack_into(kind, self.data, place, value(old) if callable(value) else value)
        return self

    def replace(self, old, new, count=2):
        """Bytes in place of as many others, at each of the `count` places that have them."""
        assert len(old) == len(new) and self.data.count(old) == count
        self.data = self.data.replace(old, new)
        return self

    @property
    def end(self):
        return self.data.index(b"PK\5\6")


def plain(**files):
    return bytes(Forgery(**files).data)


def changed(change):
    forgery = Forgery()
    change(forgery)
    return bytes(forgery.data)


def named(name):
    """A wheel with one entry more, whose name is as it is written here."""
    return zip_of(wheel_files("one", "1.0", {name: "x"}))


def without(name):
    entries = wheel_files("one", "1.0", {CODE: ""})
    del entries[name]
    return zip_of(entries)


def with_info(name, text):
    return zip_of({**wheel_files("one", "1.0", {CODE: ""}), f"{INFO}/{name}": text})


def twice():
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, content in wheel_files("one", "1.0", {CODE: ""}).items():
            archive.writestr(path, content)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(CODE, "VALUE = 2\n")
    return data.getvalue()


def with_extra(extra):
    entries = wheel_files("one", "1.0", {CODE: ""})
    info = zipfile.ZipInfo("one/extra.py")
    info.extra = extra
    record = entries.pop(f"{INFO}/RECORD").decode()
    return zip_of({**entries, info: b"", f"{INFO}/RECORD": f"one/extra.py,,\n{record}"})


def compressed_by(method):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for path, content in wheel_files("one", "1.0", {CODE: ""}).items():
            archive.writestr(path, content, compress_type=method if path == CODE else None)
    return data.getvalue()


def other_local_name(forgery):
    at = forgery.local(CODE) + 30
    forgery.data[at:at + len(CODE)] = b"one/__evil__.py"


def symbolic_link(forgery):
    forgery.set("attributes", 0o120777 << 16)


def two_ends(forgery):
    forgery.data += forgery.data[forgery.end:]


def wrong_count(forgery):
    count, = struct.unpack_from("<H", forgery.data, forgery.end + 10)
    struct.pack_into("<HH", forgery.data, forgery.end + 8, count + 1, count + 1)


def overlap(forgery):
    forgery.set("offset", forgery.local(CODE), name=f"{INFO}/METADATA")


def bytes_after_the_stream(forgery):
    """The stream of one entry claims the first bytes of the next entry's header as its own."""
    forgery.set("compressed size", lambda size: size + 4)


def other_record(files, **rows):
    """RECORD with other values for some of the files."""
    entries = wheel_files("one", "1.0", files)
    record = entries[f"{INFO}/RECORD"].decode()
    for old, new in rows.items():
        record = record.replace(*new)
    return zip_of({**entries, f"{INFO}/RECORD": record})


TEXT = "VALUE = 1\n"
CASES = {
    # What is no zip, or not a whole one.
    "not a zip": (b"<html>you must log in</html>", "is no zip, or is cut short: it has no end record"),
    "empty": (b"", "is no zip: too short for an end record"),
    "truncated": (plain()[:-40], "is no zip, or is cut short: it has no end record"),
    "truncated in its end": (plain()[:-5], "is cut short within its end record"),
    # What readers of zips read in different ways.
    "two end records": (changed(two_ends), "has two end records"),
    "trailing bytes": (plain() + b"more", "has bytes after its end record"),
    "data before it": (b"#!/bin/sh\n" + plain(),
                       "has bytes before its first entry, or between its central directory and its end record"),
    "wrong count": (changed(wrong_count), "has 4 entries, though its end record counts 5"),
    "overlap": (changed(overlap), f'"{INFO}/METADATA": has another name, "{CODE}", in its local header'),
    "second name": (with_extra(struct.pack("<HHBI", 0x7075, 5 + 4, 1, 0) + b"evil"),
                    '"one/extra.py": has a second name in a unicode-path extra field (0x7075)'),
    "damaged zip64": (with_extra(struct.pack("<HHQ", 1, 8, 1)),
                      '"one/extra.py": has a zip64 extra field that nothing asks for'),
    "local name": (changed(other_local_name), f'"{CODE}": has another name, "one/__evil__.py", in its local header'),
    "local method": (changed(lambda f: f.set("method", 0, where="local")),
                     f'"{CODE}": has another method in its local header'),
    "local flags": (changed(lambda f: f.set("flags", 2, where="local")), f'"{CODE}": has other flags in its local header'),
    "local size": (changed(lambda f: f.set("size", 5, where="local")), f'"{CODE}": has other sizes in its local header'),
    "local crc": (changed(lambda f: f.set("crc", 5, where="local")), f'"{CODE}": has another CRC-32 in its local header'),
    "encrypted": (changed(lambda f: f.set("flags", 1)), f'"{CODE}": is encrypted'),
    "bzip2": (compressed_by(zipfile.ZIP_BZIP2), f'"{CODE}": is compressed by a method other than deflate'),
    "twice": (twice(), f'"{CODE}": is there twice'),
    "file and folder": (plain(**{f"{CODE}/more.py": ""}), f'"{CODE}": is a file, and the folder of "{CODE}/more.py"'),
    "symbolic link": (changed(symbolic_link), f'"{CODE}": is a symbolic link'),
    # Names that lead elsewhere, or look other than they are.
    "parent folder": (named("../evil.py"), '"../evil.py": has a ".." part in its name'),
    "parent folder within": (named("one/../../evil.py"), '"one/../../evil.py": has a ".." part in its name'),
    "absolute": (named("/evil.py"), '"/evil.py": is an absolute name'),
    "drive": (named("C:evil.py"), '"C:evil.py": begins with a drive letter'),
    "backslash": (named("one\\evil.py"), r'"one\\evil.py": has a backslash in its name'),
    "NUL": (changed(lambda f: f.replace(CODE.encode(), b"one/__ini\0__.py")),
            r'"one/__ini\x00__.py": has a control character in its name'),
    "escape sequence": (named("one/\x1b[2Jevil.py"), r'"one/\x1b[2Jevil.py": has a control character in its name'),
    "empty part": (named("one//evil.py"), '"one//evil.py": has an empty part in its name'),
    "no UTF-8": (changed(lambda f: f.replace(CODE.encode(), b"one/__ini\xff__.py")),
                 r'"one/__ini\xff__.py": has a name that is not ASCII and not marked as UTF-8'),
    # What only unpacking shows.
    "wrong crc": (changed(lambda f: f.set("crc", 5)), f'"{CODE}": has a CRC-32 other than it should'),
    "wrong size": (changed(lambda f: f.set("size", 100)),
                   f'"{CODE}": its deflate stream holds more than the 100 bytes it should'),
    "more than its stream": (changed(bytes_after_the_stream), f'"{CODE}": overlaps another entry'),
    # What makes it a wheel.
    "no dist-info": (zip_of({CODE: ""}), "has no .dist-info folder"),
    "dist-info of another": (zip_of(wheel_files("two", "1.0", {CODE: ""})),
                             '"two-1.0.dist-info": is not the .dist-info folder of one 1.0'),
    "two dist-infos": (plain(**{"two-1.0.dist-info/METADATA": ""}),
                       'has more than one .dist-info folder: "one-1.0.dist-info" and "two-1.0.dist-info"'),
    "no RECORD": (without(f"{INFO}/RECORD"), f'"{INFO}/RECORD": is missing'),
    "no METADATA": (without(f"{INFO}/METADATA"), f'"{INFO}/METADATA": is missing'),
    "no WHEEL": (without(f"{INFO}/WHEEL"), f'"{INFO}/WHEEL": is missing'),
    "unrecorded": (other_record({CODE: TEXT}, row=(CODE, "one/other.py")), f'"{CODE}": is not named in RECORD'),
    "other hash": (other_record({CODE: TEXT}, row=(record_hash(TEXT.encode()), record_hash(b""))),
                   f'"{CODE}": has the sha256 '),
    "other length": (other_record({CODE: TEXT}, row=(",10\n", ",11\n")), f'"{CODE}": has 10 bytes, "11" by RECORD'),
    "future": (with_info("WHEEL", "Wheel-Version: 2.0\n"), f'"{INFO}/WHEEL": has Wheel-Version "2.0"; only 1.x is known'),
    "other name": (with_info("METADATA", "Name: two\nVersion: 1.0\n"),
                   f'"{INFO}/METADATA": has Name "two", unlike the file name'),
    "unknown data key": (named("one-1.0.data/startup/x"),
                         '"one-1.0.data/startup/x": is in the .data folder under the unknown key "startup"'),
    "data that leads elsewhere": (named("one-1.0.data/data/../../x"), '"one-1.0.data/data/../../x": has a ".." part in '
                                  "its name"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_wheel_that_breaks_a_rule_does_not_enter_the_store(package, case):
    data, rule = CASES[case]
    package.lock(wheel_of("one", NAME, data))
    said = package.fails("zip")
    assert said.startswith(f"lambda-pack: while fetching one 1.0: {NAME}: {rule}")
    assert said.endswith(f"\n{HINT}") and said.count("\n") == 2
    assert len(said.splitlines()[0]) <= 2000 and said.replace("\n", "").isprintable()
    assert package.stored() == []

    package.lock(wheel_with({CODE: ""}))
    package.succeeds("zip")


def test_the_wheels_above_are_refused_for_what_was_changed_in_them(package):
    package.lock(wheel_of("one", NAME, plain()))
    package.succeeds("zip")


def test_a_name_that_fills_the_screen_is_cut(package):
    package.lock(wheel_of("one", NAME, named("x" * 5000 + "\n")))
    what = package.fails("zip").splitlines()[0]
    assert 200 < len(what) < 2000


def test_a_damaged_library(package):
    path = "one/_one.cpython-312-x86_64-linux-gnu.so"
    package.lock(wheel_with({path: tiny_elf()[:80]}))
    assert package.fails("zip") == (f'lambda-pack: while fetching one 1.0: {NAME}: "{path}": is a damaged ELF file: it is '
                                    f"cut short\n{HINT}")


def test_damaged_test_data_of_elf_readers_is_no_library(package):
    package.lock(wheel_with({"one/samples/broken.elf": tiny_elf()[:80]}))
    package.succeeds("zip")


# ---- damage in the store ----

DAMAGES = {
    "in a name": lambda data: data.replace(CODE.encode(), b"one/__enit__.py", 1),
    "in a content": lambda data: data.replace(zipped(TEXT), zipped(TEXT.replace("1", "2"))),
    "cut": lambda data: data[:50],
    "emptied": lambda data: b"",
}


def zipped(text):
    """The deflate stream of the text, as it stands in the wheel."""
    stream = zlib.compressobj(-1, zlib.DEFLATED, -15)
    return stream.compress(text.encode()) + stream.flush()


@pytest.mark.parametrize("subcommand", ["zip", "stage"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_wheel_that_was_damaged_in_the_store_is_fetched_again(package, damage, subcommand):
    package.lock(wheel_with({CODE: TEXT}))
    package.succeeds(subcommand)
    good = package.snapshot()
    package.clear_output()
    [stored] = (package.store / "files").rglob("*.whl")
    data = stored.read_bytes()
    spoiled = DAMAGES[damage](data)
    assert spoiled != data
    stored.write_bytes(spoiled)
    found, wanted = (hashlib.sha256(content).hexdigest() for content in (spoiled, data))

    done = package.run(subcommand)
    assert done.returncode == 1 and message_of(done.stderr) == (
        f"lambda-pack: the stored copy of {NAME} is damaged: its SHA-256 is {found}, it should be {wanted}\n"
        "hint: the damaged copy was removed; build again to fetch it anew\n")
    assert not package.zip.exists()
    package.succeeds(subcommand)
    assert without_times(package.snapshot()) == without_times(good)


def without_times(snapshot):
    """The stage's marker holds the times of files."""
    return {name: content for name, content in snapshot.items() if not name.endswith("/.lambda-pack-stage")}
