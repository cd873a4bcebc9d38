"""Write docs/features.md: every feature of the mission, and the tests that cover it.

The features are rows of ``scripts/features.toml``; the tests are found by reading the ``@pytest.mark.feature(...)`` markers
from the syntax trees of ``tests/``, so nothing has to run. ``--check`` changes nothing and fails when the page is out of
date or a marker names an unknown feature.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "features.md"


def marked(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """(feature ID, test name) for every marker on a test function, on its class, or in a module's ``pytestmark``."""

    def ids(decorators: list[ast.expr]) -> list[str]:
        calls = [d for d in decorators if isinstance(d, ast.Call) and ast.unparse(d.func) == "pytest.mark.feature"]
        return [a.value for call in calls for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]

    def walk(body: list[ast.stmt], inherited: list[str], prefix: str) -> Iterator[tuple[str, str]]:
        for node in body:
            if isinstance(node, ast.ClassDef):
                yield from walk(node.body, inherited + ids(node.decorator_list), f"{prefix}{node.name}::")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
                for feature in inherited + ids(node.decorator_list):
                    yield feature, prefix + node.name

    assert isinstance(tree, ast.Module)
    module_marks: list[str] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            module_marks += ids(node.value.elts if isinstance(node.value, ast.List) else [node.value])
    yield from walk(tree.body, module_marks, "")


def coverage() -> dict[str, list[str]]:
    """Feature ID -> tests as ``file::name``, sorted."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for feature, name in marked(ast.parse(path.read_text())):
            found[feature].add(f"{path.relative_to(ROOT / 'tests')}::{name}")
    return {feature: sorted(tests) for feature, tests in found.items()}


def render(groups: dict[str, dict[str, object]], covered: dict[str, list[str]]) -> str:
    """The page as Markdown."""
    total = tested = 0
    out: list[str] = []
    for prefix, group in groups.items():
        out += [f"## {prefix}: {group['title']}", "", "| ID | Feature | Covered by |", "| --- | --- | --- |"]
        for number, row in group.items():
            if number == "title":
                continue
            feature = f"{prefix}-{number}"
            if isinstance(row, dict):
                out.append(f"| {feature} | {row['none']} | no counterpart in software |")
                continue
            total += 1
            tests = covered.get(feature, [])
            tested += bool(tests)
            out.append(f"| {feature} | {row} | {'<br>'.join(f'`{t}`' for t in tests) or 'not yet'} |")
        out.append("")
    head = [
        "# Features",
        "",
        f"{tested} of {total} features have tests. "
        "Written by `make features` from `scripts/features.toml` and the tests' markers; not by hand.",
        "",
    ]
    return "\n".join(head + out)


def main() -> int:
    """Return the process exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the page is out of date; write nothing")
    check = parser.parse_args().check
    groups = tomllib.loads((ROOT / "scripts" / "features.toml").read_text())
    covered = coverage()
    known = {f"{prefix}-{number}" for prefix, group in groups.items() for number in group}
    if unknown := sorted(set(covered) - known):
        print(f"markers name features that are not in scripts/features.toml: {', '.join(unknown)}")
        return 1
    page = render(groups, covered)
    if check and (not PAGE.exists() or PAGE.read_text() != page):
        print("docs/features.md is out of date: run `make features`")
        return 1
    if not check:
        PAGE.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
