"""Calls one hook of a PEP 517 build backend. Runs under `python -S -s -B -c`, in the project's folder.

Arguments: the environment's folder, a scratch folder, the hook, the backend, its backend-path entries. What the
hook returns goes to `<scratch>/result`, a line each after a first line that says how it went; the wheel to
`<scratch>/wheel`. Works with Python 3.8 and later, and imports nothing that the hook may not need, since this is
what every edit of a project waits for.
"""
import sys

# `-c` puts the current folder first, where a module of the project may have the name of one of Python's.
sys.path[:] = [entry for entry in sys.path if entry]

import os  # noqa: E402


def enter_environment(folder):
    """Does what `site` would, less what its owner hooked into a machine (sitecustomize, the user's packages)."""
    import builtins
    import site

    sys.prefix = sys.exec_prefix = folder
    site.ENABLE_USER_SITE = False
    site.PREFIXES[:] = [folder]
    for packages in site.getsitepackages([folder]):
        if os.path.isdir(packages):
            site.addsitedir(packages)
    builtins.exit = builtins.quit = sys.exit  # old setup.py files call them


def load(backend, backend_path):
    """The object that `backend` names; an in-tree backend must come from its backend-path (PEP 517)."""
    sys.path[:0] = [os.path.abspath(entry) for entry in backend_path]
    name, _, attributes = backend.partition(":")
    __import__(name)
    module = sys.modules[name]
    if backend_path:
        home = os.path.realpath(getattr(module, "__file__", None) or "")
        if not any(home.startswith(os.path.realpath(entry) + os.sep) for entry in backend_path):
            raise ModuleNotFoundError("%s is not in the project's backend-path but in %s" % (name, home))
    found = module
    for attribute in attributes.split(".") if attributes else []:
        found = getattr(found, attribute)
    return found


def keep_out_of_source(scratch):
    """Sends what backends would leave in the project to `scratch`: a later build must not find it.

    setuptools copies modules to build/lib and never removes one there, so that a deleted module would be shipped
    for ever, and writes *.egg-info; pdm-backend makes .pdm-build. Each would also change a folder that the next
    build compares.
    """
    if "setuptools" in sys.modules:
        from distutils.dist import Distribution

        find = Distribution.find_config_files
        settings = os.path.join(scratch, "distutils.cfg")

        def find_config_files(self):
            files = [str(file) for file in find(self)]
            return files if settings in files else [*files, settings]  # there already by DIST_EXTRA_CONFIG

        Distribution.find_config_files = find_config_files
    if "pdm.backend" in sys.modules:
        import pathlib

        from pdm.backend.base import Builder

        make_context = Builder.build_context

        def build_context(self, *arguments, **options):
            context = make_context(self, *arguments, **options)
            context.build_dir = pathlib.Path(scratch, "pdm-build")
            return context

        Builder.build_context = build_context


def build_for_another_machine(backend, scratch):
    """Tells what builds that it is not for this machine; the arguments that the backend's hooks get for it."""
    import sitecustomize  # noqa: F401  of the toolchain

    os.environ["LAMBDA_PACK_PYTHON"] = sys.executable  # for its CMake file
    # Headers of required packages lie in a folder of no fixed name, which __FILE__ puts into what is compiled.
    maps = ["-ffile-prefix-map=%s=packages" % path for path in {sys.prefix, os.path.realpath(sys.prefix)} if " " not in path]
    for name in ("CFLAGS", "CXXFLAGS"):
        os.environ[name] = " ".join([os.environ.get(name, ""), *sorted(maps)])
    if backend != "mesonpy":
        return []
    file = os.path.join(scratch, "meson.ini")
    with open(os.environ["LAMBDA_PACK_MESON"], encoding="utf-8") as source, open(file, "w", encoding="utf-8") as target:
        target.write(source.read().replace("@PYTHON@", sys.executable))
    return [{"setup-args": ["--cross-file=" + file]}]


def call(hook, backend, scratch, settings):
    if hook in ("build_wheel", "build_editable"):
        return [getattr(backend, hook)(os.path.join(scratch, "wheel"), *settings)]
    ask = getattr(backend, hook, None)  # every other hook is optional
    return ask(*settings) if ask else []


def leave():
    """Ends the process without taking the module graph apart, which costs as much as starting it."""
    sys.stdout.flush()
    sys.stderr.flush()
    threading = sys.modules.get("threading")
    if threading is None or threading.active_count() == 1:
        import atexit

        atexit._run_exitfuncs()
        os._exit(0)


def main(folder, scratch, hook, backend, *backend_path):
    def answer(*lines):
        with open(os.path.join(scratch, "result"), "w", encoding="utf-8") as result:
            result.write("".join("%s\n" % line for line in lines))

    import gc

    gc.set_threshold(100000, 50, 50)  # imports make few cycles and many objects: 10 % of a small build
    os.dup2(2, 1)  # one stream, so that lines stay in the order in which they were written
    sys.stdout.reconfigure(line_buffering=True)
    sys.stderr.reconfigure(line_buffering=True)  # so from 3.9 on
    os.umask(0o022)  # modes in the wheel must not depend on who builds it
    sys.argv[:] = ["setup.py"]
    enter_environment(folder)
    settings = build_for_another_machine(backend, scratch) if os.environ.get("LAMBDA_PACK_MACHINE") else []
    try:
        found = load(backend, backend_path)
    except (ModuleNotFoundError, AttributeError) as error:
        answer("no backend", error)
        raise
    keep_out_of_source(scratch)
    answer("done", *call(hook, found, scratch, settings))
    leave()


if __name__ == "__main__":
    main(*sys.argv[1:])
