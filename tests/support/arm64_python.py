"""A CPython for arm64 and what runs it here, from Debian's packages, unpacked into the test cache: nothing is installed."""
import os
import platform
import subprocess
from pathlib import Path

PACKAGES = ["libc6", "libexpat1", "libffi8", "libgcc-s1", "libstdc++6", "zlib1g"]


def arm64_minor():
    """The minor of the system's own Python, which its apt has for arm64 as well; empty where there is none."""
    if not Path("/usr/bin/python3").exists():
        return ""
    done = subprocess.run(["/usr/bin/python3", "-c", "import sys; print(sys.version_info[1])"], capture_output=True, text=True)
    return done.stdout.strip()


def arm64_python(minor):
    """The words that start a Python 3.<minor> of arm64; nothing where this machine's apt has none."""
    folder = Path(os.environ["XDG_CACHE_HOME"], f"arm64-python3.{minor}")
    program = folder / f"root/usr/bin/python3.{minor}"
    emulator = folder / "emulator/usr/bin/qemu-aarch64-static"
    if platform.machine() == "aarch64" or not Path("/etc/debian_version").exists():
        return None
    if not (folder / "complete").exists():
        names = list(PACKAGES)
        names += [f"libpython3.{minor}-minimal", f"libpython3.{minor}-stdlib", f"python3.{minor}-minimal"]
        if not (unpacked(folder, "emulator", ["qemu-user-static"], []) and unpacked(folder, "root", names, foreign(folder))):
            return None
        (folder / "complete").write_text("")
    return [str(emulator), "-L", str(folder / "root"), str(program)]


def foreign(folder):
    """Options that make apt look for arm64 in lists of its own."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return ["-o", "APT::Architecture=arm64", "-o", "APT::Architectures::=arm64", "-o", f"Dir::State::lists={folder}/lists",
            "-o", f"Dir::Cache={folder}/cache", "-o", "Dir::State::status=/dev/null"]


def unpacked(folder, place, names, options):
    """Downloads the packages and unpacks them into the place; whether that went well."""
    packages = folder / f"{place}-packages"
    packages.mkdir(parents=True, exist_ok=True)
    if options and subprocess.run(["apt-get", *options, "update", "-qq"], capture_output=True).returncode != 0:
        return False
    done = subprocess.run(["apt-get", *options, "download", "-qq", *names], cwd=packages, capture_output=True)
    if done.returncode != 0:
        return False
    for package in packages.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder / place], check=True)
    return True
