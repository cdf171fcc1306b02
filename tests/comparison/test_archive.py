"""The room `archive` reads, splices and unpacks real wheels as pip, Python's zipfile and readelf do.

LAMBDA_PACK_ARCHIVE_PROBE names the program that asks the room (archive_probe.cpp). Wheels come through pip, once,
into the cache folder.
"""

import base64
import csv
import hashlib
import io
import json
import os
import pathlib
import random
import re
import shutil
import stat
import subprocess
import sys
import zipfile

import pytest

# (requirement, Python, platform): old and new builders, abi3, namespace packages, scripts, headers, `__pycache__`,
# zip64 fields, odd modes, folders as entries, 32 bits, big-endian.
WHEELS = [
    ("PyYAML==6.0", "3.9", "x86_64"),
    ("PyYAML==5.4.1", "3.9", "x86_64"),
    ("numpy==1.26.4", "3.12", "x86_64"),
    ("numpy==1.26.4", "3.12", "aarch64"),
    ("cryptography==42.0.5", "3.12", "x86_64"),
    ("pip==20.0.2", "3.12", "x86_64"),
    ("pip==24.0", "3.12", "x86_64"),
    ("setuptools==44.1.1", "3.12", "x86_64"),
    ("setuptools==69.5.1", "3.12", "x86_64"),
    ("requests==2.8.1", "3.12", "x86_64"),
    ("six==1.5.2", "3.12", "x86_64"),
    ("pytz==2015.2", "3.12", "x86_64"),
    ("Jinja2==2.8", "3.12", "x86_64"),
    ("jmespath==1.0.1", "3.12", "x86_64"),
    ("greenlet==3.1.1", "3.12", "x86_64"),
    ("protobuf==7.36.2", "3.12", "x86_64"),
    ("zope.interface==6.3", "3.12", "x86_64"),
    ("sphinxcontrib-applehelp==1.0.4", "3.12", "x86_64"),
    ("ninja==1.11.1.1", "3.12", "x86_64"),
    ("MarkupSafe==2.1.5", "3.12", "i686"),
    ("PyYAML==6.0.2", "3.12", "s390x"),
]
ELF_MACHINES = {"Advanced Micro Devices X86-64": 62, "AArch64": 183, "Intel 80386": 3, "IBM S/390": 22}


def target_options(python, platform):
    platforms = [f"manylinux_2_{minor}" for minor in (28, 24, 17, 12, 5)]
    platforms += ["manylinux2014", "manylinux2010", "manylinux1"]
    options = ["--implementation", "cp", "--python-version", python, "--only-binary", ":all:", "--no-deps"]
    for name in platforms:
        options += ["--platform", f"{name}_{platform}"]
    return options


def pip(*arguments):
    subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)],
                   check=True, timeout=300)


def probe(*arguments, check=True):
    done = subprocess.run([os.environ["LAMBDA_PACK_ARCHIVE_PROBE"], *map(str, arguments)], capture_output=True,
                          text=True, encoding="utf-8", timeout=300)
    if check:
        assert done.returncode == 0, done.stderr
    return done


def ask(*arguments):
    """The probe's answers, one a file."""
    return [json.loads(line) for line in probe(*arguments).stdout.splitlines()]


@pytest.fixture(scope="session")
def wheel(request):
    """Downloads a wheel unless the cache has it; `wheel(*WHEELS[0])` is its path."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"), "lambda-python-tests")

    def get(requirement, python, platform):
        folder = cache / "wheels" / f"{requirement}-{python}-{platform}"
        if not list(folder.glob("*.whl")):
            pip("download", *target_options(python, platform), "--dest", folder, requirement)
        (path,) = folder.glob("*.whl")
        return path

    return get


every_wheel = pytest.mark.parametrize("choice", WHEELS, ids="-".join)


def tree(folder):
    """Paths below the folder with each file's bytes and whether it is executable."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & stat.S_IXUSR))
        for path in folder.rglob("*")
        if path.is_file()
    }


def only_pip_writes(path):
    """What a Lambda has no use for, or what pip writes about itself."""
    first, name = path.split("/")[0], path.rsplit("/")[-1]
    about_pip = first.endswith(".dist-info") and name in ("INSTALLER", "REQUESTED", "direct_url.json", "RECORD")
    return about_pip or first in ("bin", "include") or "__pycache__/" in path


@every_wheel
def test_a_real_wheel_is_accepted_and_its_tree_is_the_one_that_pip_installs(wheel, choice, tmp_path):
    path = wheel(*choice)
    (answer,) = ask("wheel", path)
    assert "error" not in answer
    ours, theirs = tmp_path / "with space" / "ours", tmp_path / "theirs"
    probe("install", path, ours)
    pip("install", *target_options(*choice[1:]), "--no-compile", "--no-index", "--target", theirs, path)

    installed = tree(ours)
    record = installed.pop(answer["dist_info"] + "/RECORD")[0].decode()
    assert installed == {name: file for name, file in tree(theirs).items() if not only_pip_writes(name)}
    check_record(record, answer["dist_info"], installed)


def check_record(text, dist_info, installed):
    """RECORD names the installed files, no others, with their hashes and sizes."""
    rows = {row[0]: row[1:] for row in csv.reader(io.StringIO(text)) if row}
    assert rows.pop(dist_info + "/RECORD") == ["", ""]
    assert set(rows) == set(installed)
    for name, (digest, size) in rows.items():
        content = installed[name][0]
        if digest:
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert digest == "sha256=" + expected
        assert size in ("", str(len(content)))


def entries_by_zipfile(archive):
    return [
        {"path": info.filename, "size": info.file_size, "crc32": info.CRC,
         "executable": bool(info.external_attr >> 16 & 0o111)}
        for info in sorted(archive.infolist(), key=lambda info: info.filename.encode())
        if not info.is_dir()
    ]


@every_wheel
def test_a_real_wheel_has_the_entries_that_zipfile_sees(wheel, choice):
    path = wheel(*choice)
    with zipfile.ZipFile(path) as archive:
        assert ask("zip", path) == [{"file": str(path), "entries": entries_by_zipfile(archive)}]


def test_spliced_wheels_are_one_zip_to_every_reader(wheel, tmp_path):
    wheels = [wheel(*choice) for choice in WHEELS if choice[1] == "3.12" and choice[2] == "x86_64"]
    zips = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for path, order in zip(zips, (wheels, wheels)):
        probe("splice", path, *order)
    assert zips[0].read_bytes() == zips[1].read_bytes()

    (answer,) = ask("zip", zips[0])
    with zipfile.ZipFile(zips[0]) as archive:
        assert archive.testzip() is None
        assert answer["entries"] == entries_by_zipfile(archive)
        assert [info.filename for info in archive.infolist()] == [entry["path"] for entry in answer["entries"]]
        for info in archive.infolist():
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert (info.extra, info.comment, info.flag_bits & ~0x800) == (b"", b"", 0)
            assert info.external_attr >> 16 in (0o100644, 0o100755)
    for command in (["unzip", "-tqq"], ["bsdtar", "-tf"]):
        if shutil.which(command[0]):
            subprocess.run([*command, zips[0]], check=True, stdout=subprocess.DEVNULL)


class Unseekable(io.RawIOBase):
    """A stream that makes zipfile put sizes behind the data."""

    def __init__(self, path):
        self.file = open(path, "wb")

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def close(self):
        self.file.close()
        super().close()


def random_zip(path, rng):
    """Files and folders in any of the ways in which zipfile writes them; the contents."""
    contents = {}
    stream = Unseekable(path) if rng.random() < 0.3 else open(path, "wb")
    with stream, zipfile.ZipFile(stream, "w", allowZip64=True) as archive:
        if rng.random() < 0.3:
            archive.comment = rng.randbytes(rng.randrange(50)).replace(b"PK", b"pk")
        for number in range(rng.randrange(15)):
            folder = rng.choice(["", "a/", "a/b/", "grüße/"])
            if rng.random() < 0.1:
                archive.writestr(f"folder {number}/", "")
                continue
            info = zipfile.ZipInfo(f"{folder}file {number}.txt", (rng.randrange(1980, 2100), 2, 28, 1, 2, 4))
            info.compress_type = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
            info.external_attr = rng.choice([0o100644, 0o100755, 0o100666, 0o664, 0]) << 16
            info.comment = rng.choice([b"", b"a comment"])
            info.extra = rng.choice([b"", b"UT\x05\x00\x01abcd"])
            content = rng.choice([b"", rng.randbytes(rng.randrange(3000)), b"text " * rng.randrange(3000)])
            with archive.open(info, "w", force_zip64=rng.random() < 0.2) as file:
                file.write(content)
            contents[info.filename] = content
    return contents


def test_zips_that_zipfile_writes_are_read_as_zipfile_reads_them(tmp_path):
    rng = random.Random("archive")
    paths = [tmp_path / f"{number}.zip" for number in range(200)]
    for path in paths:
        random_zip(path, rng)
    for path, answer in zip(paths, ask("zip", *paths)):
        with zipfile.ZipFile(path) as archive:
            assert answer == {"file": str(path), "entries": entries_by_zipfile(archive)}


def damage(content, headers, rng):
    """A few flipped bits, more often in the headers than in data, which CRC-32 protects; sometimes a cut."""
    content = bytearray(content)
    for _ in range(rng.randrange(1, 4)):
        at = rng.choice(headers) if rng.random() < 0.8 else rng.randrange(len(content))
        content[at] ^= 1 << rng.randrange(8)
    if rng.random() < 0.2:
        del content[rng.randrange(len(content)):]
    return content


def test_a_damaged_wheel_is_refused_or_read_as_before(wheel, tmp_path):
    path = wheel("six==1.5.2", "3.12", "x86_64")
    whole = path.read_bytes()
    headers = [*range(64), *range(whole.index(b"PK\1\2"), len(whole))]
    rng = random.Random("damage")
    damaged = [tmp_path / f"{number}.whl" for number in range(600)]
    for copy in damaged:
        copy.write_bytes(damage(whole, headers, rng))

    def without_modes(answer):  # which stand in one place only
        return [{**entry, "executable": None} for entry in answer["entries"]]

    (undamaged,) = ask("zip", path)
    answers = ask("zip", *damaged)
    for answer in answers:
        if "error" in answer:
            assert len(answer["error"]) <= 2000 and answer["error"].isprintable()
        else:
            assert without_modes(answer) == without_modes(undamaged)
    assert sum("error" in answer for answer in answers) > 300


def facts_by_readelf(path):
    output = subprocess.run(["readelf", "-W", "-h", "-d", "-V", path], check=True, capture_output=True, text=True,
                            env={**os.environ, "LC_ALL": "C"}).stdout
    machine = re.search(r"^ *Machine: *(.*)$", output, re.MULTILINE).group(1).strip()
    needed = re.findall(r"\(NEEDED\) +Shared library: \[(.*)\]", output)
    _, _, needs = output.partition("Version needs section")
    minors = [int(minor) for minor in re.findall(r"Name: GLIBC_2\.(\d+)", needs)]
    system = "".join(re.findall(r"File: libstdc\+\+\.so\.6  Cnt: .*\n((?:.*Name: .*\n)+)", needs))
    patches = [int(patch) for patch in re.findall(r"Name: GLIBCXX_3\.4\.(\d+)", system)]
    soname = "".join(re.findall(r"\(SONAME\) +Library soname: \[(.*)\]", output))
    return {"elf": True, "machine": ELF_MACHINES[machine], "needed": needed, "glibc_minor": max(minors, default=-1),
            "glibcxx_patch": max(patches, default=-1), "soname": soname}


NATIVE = ("PyYAML", "numpy", "cryptography", "greenlet", "MarkupSafe", "protobuf", "ninja")


@pytest.mark.skipif(shutil.which("readelf") is None, reason="needs readelf of binutils")
@pytest.mark.parametrize("choice", [wheel for wheel in WHEELS if wheel[0].startswith(NATIVE)], ids="-".join)
def test_elf_files_have_the_facts_that_readelf_prints(wheel, choice, tmp_path):
    with zipfile.ZipFile(wheel(*choice)) as archive:
        archive.extractall(tmp_path)
    files = [path for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    files = [path for path in files if path.read_bytes().startswith(b"\x7fELF")]
    assert files
    for path, answer in zip(files, ask("elf", *files)):
        assert answer == {"file": str(path), **facts_by_readelf(path)}
