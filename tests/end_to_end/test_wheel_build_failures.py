"""What a PEP 517 backend that builds no wheel leads to, through the build room's probe program."""

import os

import pytest

from wheel_building import BACKENDS, PROBE, make_in_tree_project, make_project

pytestmark = pytest.mark.skipif(not PROBE, reason="LAMBDA_PACK_WHEEL_PROBE names no program")


def test_a_failing_backend_is_quoted(builder, tmp_path):
    project = make_project(tmp_path / "project", "poetry")
    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("packages =", 'readme = "MISSING.md"\npackages ='))
    said = builder.fail(project, tmp_path / "out", *BACKENDS["poetry"][:2])
    assert f"lambda-pack: {project}: poetry.core.masonry.api failed to build the wheel\n" in said
    assert "MISSING.md" in said
    assert "hint: " in said.splitlines()[-1]
    assert list((tmp_path / "out").iterdir()) == []


def test_a_failure_leaves_the_wheel_of_the_last_success(builder, tmp_path):
    project = make_project(tmp_path / "project", "flit")
    wheel = builder.build_with("flit", project, tmp_path / "out")
    (project / "pyproject.toml").write_text("[project\n")
    assert "flit_core.buildapi failed" in builder.fail(project, tmp_path / "out", *BACKENDS["flit"][:2])
    assert list((tmp_path / "out").iterdir()) == [wheel]


def test_cargo_is_named_where_a_project_in_rust_fails_without_it(builder, tmp_path):
    """Builds for this machine, of an environment for tests, say so after the fact."""
    project = make_in_tree_project(tmp_path / "project", """\
        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            raise RuntimeError("no luck")
        """)
    (project / "Cargo.toml").write_text("[package]\n")
    without = os.pathsep.join(place for place in builder.path.split(os.pathsep) if not os.path.exists(f"{place}/cargo"))
    said = builder.fail(project, tmp_path / "out", "own", [], backend_path="backends", environment={"PATH": without})
    assert f"lambda-pack: {project}: own needs cargo, which is not on the PATH\n" in said and "no luck" in said
    assert said.splitlines()[-1] == ("hint: install Rust (https://rustup.rs, or the system's packages), and see that "
                                     "`cargo --version` works here")


def test_only_the_end_of_a_long_output_is_shown_in_the_order_it_was_written(builder, tmp_path):
    project = make_in_tree_project(tmp_path / "project", """\
        import sys, subprocess
        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            for number in range(1000):
                print("line %d" % number, file=sys.stdout if number % 2 else sys.stderr)
            subprocess.run(["sh", "-c", "echo from a child"])
            raise RuntimeError("no luck")
        """)
    said = builder.fail(project, tmp_path / "out", "own", [], backend_path="backends").splitlines()
    assert len(said) < 70
    lines = [line for line in said if line.startswith("line ")]
    assert lines == [f"line {number}" for number in range(1000 - len(lines), 1000)]
    assert said.index("from a child") > said.index("line 999")
    assert said[-2] == "RuntimeError: no luck"


def test_a_backend_that_returns_no_wheel_is_an_error(builder, tmp_path):
    for number, answer in enumerate(['"../x.whl"', '"a-1-py3-none-any.whl"', "None", '"a\\nb.whl"']):
        project = make_in_tree_project(tmp_path / f"project {number}", f"""\
            def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
                return {answer}
            """)
        said = builder.fail(project, tmp_path / "out", "own", [], backend_path="backends")
        assert ": own made no wheel; build_wheel returned " in said


def test_a_backend_that_exits_is_an_error(builder, tmp_path):
    project = make_in_tree_project(tmp_path / "project", """\
        import sys
        def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
            sys.exit(0)
        """)
    said = builder.fail(project, tmp_path / "out", "own", [], backend_path="backends")
    assert "own failed to build the wheel" in said


def test_a_backend_that_is_not_required_is_named(builder, tmp_path):
    project = make_project(tmp_path / "project", "poetry")
    said = builder.fail(project, tmp_path / "out", "poetry.core.masonry.api", [])
    assert ": its build backend poetry.core.masonry.api cannot be imported\n" in said
    assert "hint: [build-system] requires in " in said


def test_an_in_tree_backend_must_be_in_the_tree(builder, tmp_path):
    project = make_in_tree_project(tmp_path / "project")
    said = builder.fail(project, tmp_path / "out", "zipfile", [], backend_path="backends")
    assert "zipfile is not in the project's backend-path" in said
