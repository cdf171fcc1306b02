"""What reading a module's text says of its names, next to Python's own compiler.

A name that the module binds must not be missing (that would refuse a handler that works), unless the text is known to
hide names. Names that are there beside those are explained, one kind each.
"""

import ast
import importlib.metadata
import inspect
import pathlib
import sys
import sysconfig
import warnings

import pytest

from bundle_questions import ask_bundle

STANDARD = pathlib.Path(sysconfig.get_paths()["stdlib"])
PACKAGES = ["pytest", "pip", "poetry", "packaging", "poetry-core", "requests", "cryptography", "jinja2", "setuptools"]


def files_of_distribution(name):
    try:
        files = importlib.metadata.files(name) or []
    except importlib.metadata.PackageNotFoundError:
        return []
    return [pathlib.Path(file.locate()) for file in files if file.suffix == ".py"]


def all_modules():
    standard = [path for path in STANDARD.rglob("*.py") if "site-packages" not in path.parts]
    others = [path for name in PACKAGES for path in files_of_distribution(name)]
    return sorted({path for path in [*standard, *others] if path.is_file()})


class Bindings(ast.NodeVisitor):
    """Names that the module's own code binds, and keeps: not those of exceptions, nor annotations without a value."""

    def __init__(self, tree):
        self.names = set()
        self.in_comprehension = 0
        self.visit(tree)

    def add(self, node):
        self.names.add(node.name)

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = add

    def visit_Lambda(self, node):
        pass

    def comprehension(self, node):
        self.in_comprehension += 1
        self.generic_visit(node)
        self.in_comprehension -= 1

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_NamedExpr(self, node):
        self.names.add(node.target.id)
        self.visit(node.value)

    def visit_AnnAssign(self, node):
        if node.value is not None:
            self.generic_visit(node)

    def visit_AugAssign(self, node):
        self.visit(node.value)  # the target was bound before

    def visit_Name(self, node):
        if isinstance(node.ctx, ast.Store) and not self.in_comprehension:
            self.names.add(node.id)

    def visit_alias(self, node):
        if node.name != "*":
            self.names.add(node.asname or node.name.split(".")[0])

    def visit_pattern(self, node):
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name:
            self.names.add(name)
        self.generic_visit(node)

    visit_MatchAs = visit_MatchStar = visit_MatchMapping = visit_pattern


def bound_by_functions(tree):
    return {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


class Module:
    """What the parser says; `read` fills in what lambda-pack says."""

    def __init__(self, path):
        self.path = path
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(path.read_bytes().decode("utf-8-sig"))
        self.bound = Bindings(tree).names
        self.bound_by_functions = bound_by_functions(tree)

    def read(self, answer):
        self.names = set(answer["names"])
        self.dynamic = answer["dynamic"]

    def missing(self):
        return self.bound - self.names

    def extra(self):
        return self.names - self.bound - self.bound_by_functions


@pytest.fixture(scope="module")
def modules():
    found = []
    for path in all_modules():
        try:
            found.append(Module(path))
        except (SyntaxError, ValueError, RecursionError):
            continue  # test data that is wrong on purpose, and files that are not UTF-8
    for module, answer in zip(found, ask_bundle([{"ask": "names", "path": str(module.path)} for module in found])):
        module.read(answer)
    return found


def test_no_name_that_a_module_binds_is_missing(modules):
    assert len(modules) > 500
    wrong = {str(module.path): sorted(module.missing()) for module in modules if module.missing()}
    shown = "\n".join(f"{path}: {names[:8]}" for path, names in list(wrong.items())[:20])
    assert not wrong, f"{len(wrong)} of {len(modules)} modules\n{shown}"


def test_every_name_beside_those_is_one_that_a_function_binds(modules):
    wrong = {str(module.path): sorted(module.extra()) for module in modules if module.extra()}
    shown = "\n".join(f"{path}: {names[:8]}" for path, names in list(wrong.items())[:20])
    assert not wrong, f"{len(wrong)} of {len(modules)} modules\n{shown}"


def test_few_modules_hide_names(modules):
    """Those are only warned of, so there should not be more than there must."""
    assert sum(module.dynamic for module in modules) < len(modules) / 5


def test_functions_that_are_there_once_a_module_is_imported_are_known(modules):
    """Modules that this process has imported anyway, whose names may also have come from elsewhere."""
    by_path = {str(module.path): module for module in modules}
    looked_at = 0
    wrong = {}
    for name, imported in list(sys.modules.items()):
        module = by_path.get(getattr(imported, "__file__", None) or "")
        if module is None or module.dynamic or imported.__name__ != name:
            continue
        looked_at += 1
        # Functions, not classes: enum makes some in the module that it is told (`_convert_`), which no reader can see.
        functions = {key for key, value in vars(imported).items()
                     if inspect.isfunction(value) and value.__module__ == name and not key.startswith("__")}
        if functions - module.names:
            wrong[name] = sorted(functions - module.names)
    assert looked_at > 50
    assert not wrong
