"""<name>::archive in rules and tests of others."""
import re


def test_rules_in_any_folder_follow_the_zip(consumer, any_cell):
    project = consumer("archive", any_cell)
    project.write("service/pyproject.toml", "[project]\n")
    project.write("service/poetry.lock", "")
    project.write("service/src/app.py", "# 1\n")
    project.configure()

    def deployed():
        steps = project.rebuild("all")
        log = project.build_folder / "deployed.log"
        where = sorted(log.read_text().split()) if log.exists() else []
        log.unlink(missing_ok=True)
        return steps, where

    everywhere = ["parent", "service", "sibling"]
    assert deployed() == ("export fetch wheel zip", everywhere)
    project.write("service/src/app.py", "# 2\n")
    assert deployed() == ("wheel zip", everywhere)
    project.output("service/out/billing.zip").unlink()
    assert deployed() == ("zip", everywhere)
    project.touch("service/src/app.py")
    assert deployed() == ("wheel", [])
    project.touch(project.helper)
    assert deployed() == ("export fetch wheel zip", [])  # the same bytes
    for copy in project.build_folder.rglob("deployed.zip"):
        assert copy.read_bytes() == project.output("service/out/billing.zip").read_bytes()

    ctest = project.cmake.removesuffix("cmake") + "ctest"
    tests = project.run(ctest, "--test-dir", project.build_folder, "-C", "Release")
    assert re.search("100% tests passed.* out of 3", tests.stdout)
