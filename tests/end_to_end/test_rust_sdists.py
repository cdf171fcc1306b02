"""SOURCE_BUILDS of sdists in Rust: by maturin and setuptools-rust for both architectures, with zig as cargo's linker."""

import os
import re
import shutil

import pytest
import uv

from arm64_python import arm64_minor
from compiled_sources import RUST_PROJECT
from debian_rust import rust_for_both
from native_sdists import HOST, MACHINES, OTHER, Native, interpreter, readelf

BY_MATURIN = {**RUST_PROJECT,
              "pyproject.toml": RUST_PROJECT["pyproject.toml"].replace('"app"', '"one"').replace("app._fast", "one._fast"),
              "src/one/__init__.py": ""}
# For one Python alone, so that PyO3 has to be told of it.
FOR_ONE_PYTHON = {"Cargo.toml": RUST_PROJECT["Cargo.toml"].replace(', "abi3-py39"', "")}
BY_SETUPTOOLS_RUST = {
    "pyproject.toml": """\
        [project]
        name = "one"
        version = "1.0"
        [build-system]
        requires = ["setuptools>=69", "setuptools-rust>=1.9"]
        build-backend = "setuptools.build_meta"
        [tool.setuptools.packages.find]
        where = ["src"]
        [[tool.setuptools-rust.ext-modules]]
        target = "one._fast"
        binding = "NoBinding"  # PyO3 itself, whose features it would set, is not there
        """,
    "rust/lib.rs": RUST_PROJECT["rust/lib.rs"],
    "src/one/__init__.py": "",
}
# The minor that runs here for arm64 as well.
OF_BOTH = f"python3.{arm64_minor() or 12}"
LIBRARIES = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


@pytest.fixture(scope="module")
def rust():
    """The environment in which both architectures have their standard library."""
    folder = rust_for_both()
    if folder is None:
        pytest.skip("this system's packages have no Rust for both architectures")
    return {"PATH": os.pathsep.join([str(folder), os.path.dirname(uv.find_uv_bin()), os.environ["PATH"]])}


def needed(module):
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", readelf(module)))


@pytest.mark.parametrize("files, runtime, architecture", [
    (BY_MATURIN, OF_BOTH, OTHER), (BY_SETUPTOOLS_RUST, "python3.12", OTHER), (BY_SETUPTOOLS_RUST, "python3.9", HOST)],
    ids=["maturin-other", "setuptools_rust-other", "setuptools_rust-own"])
def test_rust_is_compiled_for_the_target(native, rust, files, runtime, architecture):
    native.succeeds({**files, **FOR_ONE_PYTHON}, runtime, architecture, **rust)
    assert needed(native.module(runtime, architecture)) <= LIBRARIES
    if interpreter(runtime, architecture):
        assert native.answer(runtime, architecture) == f"42 {MACHINES[architecture]}\n"


def test_the_same_bytes_come_out_in_another_folder(native, rust, tmp_path, zig):
    """Neither a panic's message nor maturin's list of what was compiled tells where that was."""
    here = "\n        #[no_mangle]\n        pub extern \"C\" fn here(n: usize) -> u8 { file!().as_bytes()[n] }\n"
    files = {**BY_MATURIN, **FOR_ONE_PYTHON, "rust/lib.rs": BY_MATURIN["rust/lib.rs"] + here}
    other = Native(tmp_path / "elsewhere/far away", zig, "another store of Rust")
    for jobs, one in enumerate((native, other), 1):
        one.succeeds(files, OF_BOTH, OTHER, PYTHONHASHSEED=str(jobs), CARGO_BUILD_JOBS=str(jobs), **rust)
    assert native.package.zip.read_bytes() == other.package.zip.read_bytes()


def programs(folder, **scripts):
    folder.mkdir()
    for name, text in scripts.items():
        (folder / name).write_text("#!/bin/sh\n" + text)
        (folder / name).chmod(0o755)
    return folder


def path_with(folder):
    return os.pathsep.join([str(folder), os.path.dirname(uv.find_uv_bin()), os.environ["PATH"]])


@pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo here: only its absence is tested")
def test_rust_for_this_machine_is_linked_for_lambdas_system(native):
    native.succeeds(BY_MATURIN, "python3.9", HOST)
    assert native.answer("python3.9") == f"42 {MACHINES[HOST]}\n"
    assert needed(native.extracted() / "one/_fast.abi3.so") <= LIBRARIES


@pytest.mark.skipif(not shutil.which("cargo"), reason="no cargo here: only its absence is tested")
def test_a_wheel_is_kept_for_the_rustc_that_compiled_it(native, tmp_path):
    native.succeeds(BY_MATURIN, "python3.9", HOST)
    no_cargo = programs(tmp_path / "no cargo", cargo="exit 1\n")
    native.succeeds(BY_MATURIN, "python3.9", HOST, "--offline", PATH=path_with(no_cargo))
    newer = programs(tmp_path / "newer", cargo="exit 1\n",
                     rustc=f'[ "$*" != -vV ] || {{ echo "rustc 9.9.9"; echo "host: {MACHINES[HOST]}-unknown-linux-gnu"; }}\n'
                           "echo /\n")
    assert "maturin failed to build the wheel" in native.run(BY_MATURIN, "python3.9", HOST, PATH=path_with(newer)).stderr


def test_rust_names_the_target_that_is_missing(native, tmp_path):
    rust = programs(tmp_path / "rust", cargo="exit 1\n", rustc=f"echo {tmp_path}/no/such/lib\n")
    triple = f"{MACHINES[OTHER]}-unknown-linux-gnu"
    assert native.refusal(BY_MATURIN, "python3.12", OTHER, PATH=path_with(rust)) == (
        f"lambda-pack: one-1.0.tar.gz is written in Rust, and the Rust of this machine does not compile for {triple}\n"
        f"hint: rustup target add {triple}\nhint: or take a release of it that has a wheel for python3.12 on {OTHER}\n")


def test_rust_without_cargo_is_refused(native, tmp_path):
    needed = ("sh", "env", "git", "readelf", "python3.12", "uv")
    empty = tmp_path / "programs"
    empty.mkdir()
    for name in needed:
        if found := shutil.which(name, path=os.path.dirname(uv.find_uv_bin()) + os.pathsep + os.environ["PATH"]):
            (empty / name).symlink_to(found)
    assert native.refusal(BY_MATURIN, "python3.12", OTHER, PATH=str(empty)) == (
        f"lambda-pack: one-1.0.tar.gz is written in Rust, and there is no cargo to build it for "
        f"{MACHINES[OTHER]}-unknown-linux-gnu\n"
        "hint: install Rust (https://rustup.rs, or the system's packages)\n"
        f"hint: or take a release of it that has a wheel for python3.12 on {OTHER}\n")
