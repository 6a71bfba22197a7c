"""Imports ``handler`` from the folders given, as Lambda's init phase does, and looks further.

Run by test_packaging as ``python -I -S isolated_import.py FOLDER...``: with the standard library,
the folders and nothing else. Prints the settings that the handler cannot do without, and those that
it knows. Fails if a package is out of reach that our code imports only at its first use, inside a
function.
"""

import ast
import importlib.util
import sys
from pathlib import Path


class Imports(ast.NodeVisitor):
    """Collects the packages that a module imports, wherever in it."""

    def __init__(self) -> None:
        self.packages: set[str] = set()

    def visit_If(self, node: ast.If) -> None:
        """Leave out what is imported for a type checker only."""
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        """Note ``import a.b``."""
        for alias in node.names:
            self._note(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """Note ``from a.b import c``."""
        if node.module and node.level == 0:
            self._note(node.module)

    def visit_Call(self, node: ast.Call) -> None:
        """Note ``import_module("a.b")`` and ``import_module(f"a.{b}")``, but no variable."""
        if isinstance(node.func, ast.Name) and node.func.id == "import_module":
            name = node.args[0]
            if isinstance(name, ast.JoinedStr):
                name = name.values[0]
            if isinstance(name, ast.Constant):
                self._note(name.value)
        self.generic_visit(node)

    def _note(self, module: str) -> None:
        self.packages.add(module.partition(".")[0])


sys.path[:0] = sys.argv[1:]
import handler  # noqa: E402

assert callable(handler.handler)
imports = Imports()
for name, module in list(sys.modules.items()):
    if name.partition(".")[0] in ("docparser", "handler"):
        imports.visit(ast.parse(Path(module.__file__).read_text()))
missing = sorted(name for name in imports.packages if importlib.util.find_spec(name) is None)
assert not missing, f"not in a layer: {missing}"
fields = type(handler.SETTINGS).model_fields.items()
print(*(name.upper() for name, field in fields if field.is_required()))  # noqa: T201
print(*(name.upper() for name, _ in fields))  # noqa: T201
