"""`serve --watch` in a real CMake build: an edit is served by the next invocation, a failing build leaves the old code."""

import concurrent.futures
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from serving import (MINOR, SOURCE, Debugger, Server, arguments_for, edit, free_port, is_alive, make_project, serve,
                     wait_until, write)

CMAKE_LISTS = f'''\
    cmake_minimum_required(VERSION 3.22)
    project(services LANGUAGES NONE)
    add_subdirectory("${{LAMBDA_PYTHON_SOURCE_DIR}}" lambda-python)
    foreach(color IN ITEMS red blue)
      lambda_python_package(${{color}}
        SOURCE_DIR ${{color}}
        HANDLER my_lambda.handler.handler
        RUNTIME python{MINOR}
        ENVIRONMENT COLOR=${{color}})
    endforeach()
    '''
GENERATORS = [name for name, program in (("Ninja", "ninja"), ("Unix Makefiles", "make")) if shutil.which(program)]


def cmake():
    """The newest of the tests' CMakes, else the one that is installed."""
    programs = Path(os.environ.get("LAMBDA_PYTHON_TEST_CMAKES", "")).glob("*/bin/cmake")
    newest = max(programs, key=lambda path: [int(n) for n in path.parts[-3].split(".")], default=shutil.which("cmake"))
    return str(newest)


class Tree:
    """Two packages, red and blue, and their build."""

    def __init__(self, folder, generator):
        self.source, self.build, self.generator = folder / "my source", folder / "my build", generator
        write(self.source, {"CMakeLists.txt": CMAKE_LISTS})
        for name in ("red", "blue"):
            make_project(self.source / name)
        configure = [cmake(), "-S", self.source, "-B", self.build, "-G", generator,
                     f"-DLAMBDA_PYTHON_SOURCE_DIR={SOURCE}", f"-DLAMBDA_PYTHON_TOOL={os.environ['LAMBDA_PACK']}",
                     f"-DPython3_EXECUTABLE={sys.executable}"]
        subprocess.run([str(word) for word in configure], check=True, capture_output=True)
        self.log = folder / "log"

    def command(self, target):
        return [cmake(), "--build", str(self.build), "--target", target]

    def serve(self):
        return Server(self.command("lambda_serve"), self.log, LAMBDA_PYTHON_PORT="0")


@pytest.fixture(scope="module", params=GENERATORS)
def tree(request, tmp_path_factory):
    return Tree(tmp_path_factory.mktemp("watch"), request.param)


@pytest.fixture(scope="module")
def server(tree):
    with tree.serve() as running:
        yield running


def answer_of(server, name):
    return server.answer(name=name)["answer"]


def test_all_packages_are_served_with_what_they_were_given(server):
    for name in ("red", "blue"):
        assert server.answer(name=name)["variables"]["COLOR"] == name


def test_an_edit_is_served_and_the_other_functions_stay_warm(tree, server):
    blue = server.answer(name="blue")
    edit(tree.source / "red", 'ANSWER = "first"', 'ANSWER = "second"')
    wait_until(lambda: answer_of(server, "red") == "second")
    after = server.answer(name="blue")
    assert (after["pid"], after["calls"]) == (blue["pid"], blue["calls"] + 1)


def test_an_invocation_right_after_an_edit_waits_for_the_build(tree, server):
    for number in range(5):
        was = answer_of(server, "blue")
        edit(tree.source / "blue", f'ANSWER = "{was}"', f'ANSWER = "edit {number}"')
        time.sleep(0.05)  # for the system to tell of it; the build takes several times as long
        assert answer_of(server, "blue") == f"edit {number}"


def test_an_edit_is_served_about_as_soon_as_a_build_takes(tree, server, tmp_path):
    def once(number):
        was = answer_of(server, "red")
        edit(tree.source / "red", f'ANSWER = "{was}"', f'ANSWER = "timed {number}"')
        began = time.monotonic()
        wait_until(lambda: answer_of(server, "red") == f"timed {number}")
        return time.monotonic() - began

    # In a tree that nobody serves: Ninja lets two builds into one, and then forgets what a step depends on.
    own = Tree(tmp_path, tree.generator)
    subprocess.run(own.command("red_stage"), check=True, capture_output=True)

    def build(number):
        write(own.source / "red", {"src/my_lambda/extra.py": f"NUMBER = {number}\n"})
        began = time.monotonic()
        subprocess.run(own.command("red_stage"), check=True, capture_output=True)
        return time.monotonic() - began

    with_server = min(once(number) for number in range(3))
    alone = min(build(number) for number in range(3))
    print(f"from edit to answer {with_server:.2f} s, the build by itself {alone:.2f} s")
    assert with_server < 3 * alone + 1, "a cold start and the notice of the edit come on top of the build"


@pytest.mark.parametrize("file, old, new, message", [
    ("src/my_lambda/handler.py", "def handler(event, context):", "def handler(event, context:", "handler.py"),
    ("src/my_lambda/handler.py", "def handler(", "def renamed(", "does not define handler"),
    ("backends/tiny.py", "import os, zipfile", "import os, zipfile; raise SystemExit('no build today')",
     "no build today"),
])
def test_a_failing_build_is_shown_and_the_old_code_answers(tree, server, file, old, new, message):
    red = tree.source / "red"
    was = answer_of(server, "red")
    seen = len(server.log)
    edit(red, old, new, file)
    try:
        wait_until(lambda: "the code from before answers" in server.log[seen:])
        assert message in server.log[seen:]
        assert answer_of(server, "red") == was
    finally:
        edit(red, new, old, file)
    edit(red, f'ANSWER = "{was}"', f'ANSWER = "{was} and mended"')
    wait_until(lambda: answer_of(server, "red") == f"{was} and mended")


def test_a_new_module_in_a_new_folder_is_served(tree, server):
    red = tree.source / "red"
    write(red, {"src/my_lambda/colors/__init__.py": "", "src/my_lambda/colors/names.py": 'NAME = "crimson"\n'})
    was = answer_of(server, "red")
    edit(red, f'ANSWER = "{was}"', "from my_lambda.colors.names import NAME as ANSWER")
    wait_until(lambda: answer_of(server, "red") == "crimson")
    write(red, {"src/my_lambda/colors/names.py": 'NAME = "scarlet"\n'})
    wait_until(lambda: answer_of(server, "red") == "scarlet")


def test_an_invocation_under_way_ends_on_the_code_it_began_with(tree, server):
    was = answer_of(server, "blue")
    seen = server.log.count("blue: sleeping")
    with concurrent.futures.ThreadPoolExecutor(1) as threads:
        running = threads.submit(server.answer, {"do": "sleep", "seconds": 2}, name="blue")
        wait_until(lambda: server.log.count("blue: sleeping") > seen)
        edit(tree.source / "blue", f'ANSWER = "{was}"', 'ANSWER = "meanwhile"')
        wait_until(lambda: answer_of(server, "blue") == "meanwhile")
        assert not running.done(), "the other one did not wait for it"
        assert running.result()["answer"] == was


def test_ctrl_c_ends_the_build_and_every_process(tmp_path):
    for generator in GENERATORS:
        tree = Tree(tmp_path / generator, generator)
        with tree.serve() as running:
            pids = [running.answer(name=name)["pid"] for name in ("red", "blue")]
            os.killpg(running.process.pid, signal.SIGINT)
            running.process.wait(30)
            wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=10)
        leftover = list(tree.build.rglob("served-*"))
        wait_until(lambda: not [folder for folder in leftover if folder.exists()], seconds=10)


def test_a_project_without_cmake_is_watched(tmp_path):
    project = make_project(tmp_path / "my project")
    with serve([*arguments_for(project), "--watch"], tmp_path / "log") as running:
        assert running.answer()["answer"] == "first"
        edit(project, '"first"', '"second"')
        wait_until(lambda: running.answer()["answer"] == "second")


def test_a_debugger_stops_in_the_handler(tmp_path):
    project = make_project(tmp_path / "my project")
    handler = project / "src" / "my_lambda" / "handler.py"
    line = next(number for number, text in enumerate(handler.read_text().splitlines(), 1) if 'do = event.get' in text)
    port = free_port()
    with concurrent.futures.ThreadPoolExecutor(1) as clients, \
            serve([*arguments_for(project), f"--debug={port}", "--timeout", "1"], tmp_path / "log") as running:
        answer = clients.submit(running.answer, {"key": "seen by the debugger"})
        debugger = Debugger(port)
        try:
            debugger.ask("initialize", adapterID="test", linesStartAt1=True, pathFormat="path")
            mapping = path_mapping(running.log, project)
            attached = debugger.send("attach", justMyCode=False, pathMappings=[mapping])
            debugger.event("initialized")
            debugger.ask("setBreakpoints", source={"path": str(handler)}, breakpoints=[{"line": line}])
            debugger.ask("configurationDone")
            debugger.response(attached)
            thread = debugger.event("stopped")["threadId"]
            time.sleep(1.5)  # longer than the timeout: who debugs has time
            frame = debugger.ask("stackTrace", threadId=thread)["stackFrames"][0]
            assert (frame["line"], frame["source"]["path"]) == (line, str(handler))
            event = debugger.ask("evaluate", expression="event['key']", frameId=frame["id"])
            assert event["result"] == "'seen by the debugger'"
            debugger.ask("continue", threadId=thread)
            assert answer.result(60)["answer"] == "first"
        finally:
            debugger.close()
        assert running.answer()["calls"] == 2, "without a debugger it goes on"


def path_mapping(log, project):
    """The path mapping that the program says."""
    said = next(line for line in log.splitlines() if "path mapping" in line)
    local, _, remote = said.partition("editor: ")[2].partition(" is ")
    assert local == str(project / "src")
    return {"localRoot": local, "remoteRoot": remote}
