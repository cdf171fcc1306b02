"""A CPython for arm64 and what runs it here, from Debian's packages, unpacked into the test cache: nothing is installed."""
import os
import platform
import subprocess
from pathlib import Path

from debian_packages import is_debian, lists_of, unpacked

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
    if platform.machine() == "aarch64" or not is_debian():
        return None
    if not (folder / "complete").exists():
        names = list(PACKAGES)
        names += [f"libpython3.{minor}-minimal", f"libpython3.{minor}-stdlib", f"python3.{minor}-minimal"]
        lists = lists_of(folder, "arm64")
        if not (lists and unpacked(folder, "emulator", ["qemu-user-static"], []) and unpacked(folder, "root", names, lists)):
            return None
        (folder / "complete").write_text("")
    return [str(emulator), "-L", str(folder / "root"), str(program)]
