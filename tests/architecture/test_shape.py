"""The shape of the whole: names, sizes, floors, clocks, coordinate systems and errors stay where they belong."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from api.errors import STATUS
from gis import errors

ROOT = Path(__file__).parents[2]
OURS = ("gis", "layers", "rules", "tiles", "civic", "api", "web")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
"""Lines; 25 is the habit, this is the wall."""


def modules(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted(path for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts)


def test_no_dependency_takes_our_names() -> None:
    owners = packages_distributions()
    assert not {name for name in OURS if set(owners.get(name, ())) - {"bhumika"}}


def test_modules_and_functions_stay_readable() -> None:
    assert [fault for path in modules(*OURS) for fault in _faults(path)] == []


def _faults(path: Path) -> Iterator[str]:
    name = str(path.relative_to(ROOT))
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if len(text.splitlines()) > LONGEST_MODULE:
        yield f"{name} has more than {LONGEST_MODULE} lines"
    if not ast.get_docstring(tree):
        yield f"{name} does not say what flows in and out"
    for function, is_inner in _functions(tree):
        if (function.end_lineno or 0) - function.lineno > LONGEST_FUNCTION:
            yield f"{name}: {function.name} has more than {LONGEST_FUNCTION} lines"
        is_silent = is_inner or function.name.startswith("_") or _is_form(function)
        if not (is_silent or ast.get_docstring(function)):
            yield f"{name}: {function.name} does not say what it is"


def _is_form(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A member of a protocol, which its class explains."""
    only = function.body[0]
    return (
        isinstance(only, ast.Expr) and isinstance(only.value, ast.Constant) and only.value.value is Ellipsis
    )


def _functions(
    node: ast.AST, is_inner: bool = False
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    for child in ast.iter_child_nodes(node):
        is_function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child, is_inner
        yield from _functions(child, is_inner or is_function)


def test_the_clock_is_read_only_at_the_doors() -> None:
    clocks = re.compile(r"\b(date\.today|datetime\.now|datetime\.utcnow|time\.time)\(")
    readers = [
        path for path in modules("gis", "layers", "rules", "tiles") if clocks.search(path.read_text("utf-8"))
    ]
    assert readers == []


def test_no_module_holds_the_code_of_a_metric_system() -> None:
    metric = re.compile(r"\b(326\d\d|327\d\d|26986)\b")
    holders = [path for path in modules(*OURS) if metric.search(path.read_text("utf-8"))]
    assert holders == []


def test_every_error_of_the_family_has_a_status() -> None:
    family = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.LandError)
    ]
    assert {each for each in family if each is not errors.LandError} == set(STATUS)


def test_imports_keep_to_their_floors() -> None:
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout


def test_the_service_contract_names_every_service() -> None:
    services = {path.parent.name for path in (ROOT / "civic").glob("*/workflow.yaml")}
    contract = re.search(
        r'name = "Services do not import each other".*?modules = \[(.*?)\]',
        (ROOT / "pyproject.toml").read_text(),
        re.S,
    )
    named = set(re.findall(r'"civic\.(\w+)"', contract[1])) if contract else set()
    assert services == named
