"""The house stands as ARCHITECTURE says: imports point one way, AWS is met in few places."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "layers" / "core" / "python" / "docparser"
STAGES = {"intake", "ocr", "classify", "extract", "route", "search", "export"}
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
ENGINES = Path("extract", "engines")
ADAPTERS = {Path("search", "opensearch.py"), ENGINES / "bedrock.py", ENGINES / "textract.py"}
MEETS_AWS = {Path("aws.py"), *ADAPTERS, *(path for path in MODULES if path.parts[0] == "store")}


def imported(module: Path) -> set[str]:
    """Return the full names that a module imports, those for types alone included."""
    names: set[str] = set()
    here = ("docparser", *module.parts[:-1])
    for node in ast.walk(ast.parse((PACKAGE / module).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            start = ".".join([*base, *([node.module] if node.module else [])])
            names |= {start, *(f"{start}.{alias.name}" for alias in node.names)}
    return names


def rooms(names: set[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("docparser.")}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_point_one_way(module: Path) -> None:
    names = imported(module)
    room = module.parts[0]
    if room in STAGES:
        assert rooms(names) & STAGES <= {room}
    if room == "model":
        assert rooms(names) <= {"model"}
    if room == "store":
        assert not rooms(names) & {*STAGES, "api"}
    if room != "api":
        # The API is a door into the house and not a stage: it may look into rooms, none into it.
        assert "api" not in rooms(names)
    if module not in MEETS_AWS:
        assert not {name for name in names if name.split(".")[0] in {"boto3", "botocore"}}
    assert not {name for name in names if name.startswith(("docparser_local", "docparser_client"))}
