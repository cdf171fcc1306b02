"""A Rust for both of Lambda's architectures, from Debian's packages, unpacked into the test cache: nothing is installed.
rustup has no standard library for the other architecture where a mirror does not carry it; Debian has one to which its
rustc fits."""
import os
import re
import shutil
import subprocess
from pathlib import Path

from debian_packages import is_debian, lists_of, unpacked

OTHER = {"amd64": "arm64", "arm64": "amd64"}
# Debian's own is as old as Debian; beside it is one for web browsers, which want a new one.
FAMILIES = ("-web", "")
# The loader finds its libraries by this, rustc its standard libraries by its own place.
PROGRAM = """\
#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")/root
for folder in "$root"/usr/lib/*-linux-gnu; do LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"; done
export LD_LIBRARY_PATH
exec "$root/usr/bin/$(basename "$0")" "$@"
"""


def rust_for_both():
    """A folder with the programs `cargo` and `rustc`; None where this machine's apt has none for both."""
    folder = Path(os.environ["XDG_CACHE_HOME"], "debian-rust")
    if not is_debian():
        return None
    if not (folder / "complete").exists():
        own = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
        if own not in OTHER:
            return None
        lists = lists_of(folder, own, OTHER[own], installed=True)
        if not lists or not any(fetched(folder, lists, family, OTHER[own]) for family in FAMILIES):
            return None
        make_programs(folder / "bin")
        for name in ("lists", "cache"):
            shutil.rmtree(folder / name)
        (folder / "complete").write_text("")
    return folder / "bin"


def fetched(folder, lists, family, other):
    """Rust and those of its libraries that are not installed here: apt knows which."""
    wanted = [f"cargo{family}", f"rustc{family}", f"libstd-rust{family}-dev"]
    done = subprocess.run(["apt-get", *lists, "-qq", "--print-uris", "--no-install-recommends", "install", *wanted],
                          capture_output=True, text=True)
    names = set(re.findall(r"' ([^_ ]+)_", done.stdout))
    return done.returncode == 0 and unpacked(folder, "root", [*(names | set(wanted)), f"{wanted[2]}:{other}"], lists)


def make_programs(folder):
    folder.mkdir(exist_ok=True)
    for name in ("cargo", "rustc"):
        (folder / name).write_text(PROGRAM)
        (folder / name).chmod(0o755)
