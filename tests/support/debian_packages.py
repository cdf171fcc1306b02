"""Packages of this machine's Debian, for its own architecture or another, unpacked into a folder: nothing is installed."""
import subprocess
from pathlib import Path


def is_debian():
    return Path("/etc/debian_version").exists()


def lists_of(folder, *architectures, installed=False):
    """Options that make apt look, in lists of its own, for these architectures, the first of which is the machine's to it;
    None where it cannot. `installed`: what is installed here counts as there."""
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = ["-o", f"APT::Architecture={architectures[0]}", "-o", f"Dir::State::lists={folder}/lists",
               "-o", f"Dir::Cache={folder}/cache"]
    for architecture in architectures:
        options += ["-o", f"APT::Architectures::={architecture}"]
    if not installed:
        options += ["-o", "Dir::State::status=/dev/null"]
    return options if subprocess.run(["apt-get", *options, "update", "-qq"], capture_output=True).returncode == 0 else None


def unpacked(folder, place, names, options):
    """Downloads the packages and unpacks them into the place; whether that went well."""
    packages = folder / f"{place}-packages"
    packages.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["apt-get", *options, "download", "-qq", *names], cwd=packages, capture_output=True)
    if done.returncode != 0:
        return False
    for package in packages.glob("*.deb"):
        subprocess.run(["dpkg", "-x", package, folder / place], check=True)
        package.unlink()
    return True
