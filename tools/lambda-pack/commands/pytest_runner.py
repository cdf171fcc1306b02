"""Runs pytest, on the source or on a staged tree, which alone provides the package and its dependencies, as on Lambda.

Started as `python -c <this> <JSON>`, for a staged tree with -S -s -B; the object has
  arguments   pytest's
and for a staged tree
  roots       the task root and what layers put on sys.path, in Lambda's order
  runtime     the folder of what Lambda's runtime itself brings: boto3 and the runtime client
  tests       the folder of the tests' own distributions: pytest and its friends
  project     the folder of the project, whose source the tree stands for
"""

import builtins
import importlib
import importlib.metadata
import json
import os
import site
import sys
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder


def is_below(path, folders):
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


# What pytest's own assertions need, in modules that it rewrites: those of the tree's plugins as well.
REWRITTEN = "_pytest.assertion.rewrite"


def plugins_in(roots):
    """Modules that distributions of the tree offer to pytest, as anyio does: it alone imports them, and they import it."""
    return [entry.value.partition(":")[0].strip()
            for distribution in importlib.metadata.distributions(path=roots)
            for entry in distribution.entry_points if entry.group == "pytest11"]


def is_plugin(module, plugins):
    return isinstance(module, str) and any(module == name or module.startswith(name + ".") for name in plugins)


class StagedFirst:
    """What the tree has comes from nowhere else, whatever pytest puts first on sys.path for the tests."""

    def __init__(self, roots):
        self.roots = roots

    def find_spec(self, name, path=None, target=None):
        if path is not None:
            return None
        spec = PathFinder.find_spec(name, self.roots)
        if spec is not None and spec.loader is None:
            # A namespace package looks through sys.path again when that changes; a plain list stays as it is.
            spec.submodule_search_locations = list(spec.submodule_search_locations)
        return spec


class Guard:
    """Refuses to the tree's modules what they would not find on Lambda, though it is here for the tests."""

    def __init__(self, roots, lambdas, foreign, plugins):
        self.roots = roots  # whose modules are watched
        self.plugins = plugins  # of these all but those
        self.lambdas = lambdas  # where they may find what they import
        self.foreign = foreign  # where they may not
        self.known = set(sys.builtin_module_names)

    def install(self):
        import_, import_module = builtins.__import__, importlib.import_module

        def guarded_import(name, globals=None, locals=None, fromlist=(), level=0):
            __tracebackhide__ = True
            if level == 0:
                self.check(name, globals)
            return import_(name, globals, locals, fromlist, level)

        def guarded_import_module(name, package=None):
            __tracebackhide__ = True
            if not name.startswith("."):
                self.check(name, sys._getframe(1).f_globals)
            return import_module(name, package)

        builtins.__import__ = guarded_import
        importlib.import_module = guarded_import_module

    def check(self, name, importer):
        __tracebackhide__ = True
        file = (importer or {}).get("__file__")
        if not isinstance(file, str) or not is_below(file, self.roots):
            return
        top = name.partition(".")[0]
        if top in self.known or name == REWRITTEN or is_plugin(importer.get("__name__"), self.plugins):
            return
        if any(finder.find_spec(top) for finder in (BuiltinImporter, FrozenImporter)) or PathFinder.find_spec(
            top, self.lambdas
        ):
            self.known.add(top)
            return
        place = self.place_of(top)
        if place is not None and is_below(place, self.foreign):
            raise ModuleNotFoundError(
                "No module named '{}' in the package; the tests alone have it, from {}".format(top, place), name=top
            )

    @staticmethod
    def place_of(name):
        """Where the import would find it, loaded already or not; nothing for what a test made up."""
        module = sys.modules.get(name)
        spec = PathFinder.find_spec(name) if module is None else None
        place = getattr(module, "__file__", None) or getattr(spec, "origin", None)
        if place is None:
            folders = getattr(module, "__path__", None) or getattr(spec, "submodule_search_locations", None)
            place = next(iter(folders or ()), None)
        return place


def put_tree_first(given):
    roots, runtime, tests = given["roots"], given["runtime"], given["tests"]
    library = [path for path in sys.path if path and not is_below(path, roots)]
    sys.path[:] = roots + library
    for root in roots:
        site.addsitedir(root)  # for .pth files
    lambdas = sys.path + [runtime]
    site.addsitedir(tests)
    sys.path.append(runtime)
    site.setquit()
    site.setcopyright()
    site.sethelper()
    sys.meta_path.insert(sys.meta_path.index(PathFinder), StagedFirst(roots))
    Guard(roots, lambdas, [tests, given["project"]], plugins_in(roots)).install()


def main(text):
    given = json.loads(text)
    if "roots" in given:
        put_tree_first(given)
    elif "" in sys.path:
        sys.path.remove("")  # the program pytest has no working directory on its path
    sys.argv[:] = ["pytest"] + given["arguments"]
    import pytest

    code = pytest.main()
    if code == 5:  # https://docs.pytest.org/en/stable/reference/exit-codes.html
        sys.stdout.flush()
        sys.stderr.write("lambda-pack: pytest has found no test to run\n"
                         "hint: correct TESTS or PYTEST_ARGS, or testpaths in the project's configuration of pytest\n")
    return code


sys.exit(main(sys.argv[1]))
