"""Run benchmarks and compare with rivals: ``python -m benchmarks [name …]``; all of them without a name.

Every module of this folder with a function ``run`` is one. It returns rows (dictionaries) or one dictionary; they are printed as tables
and written to ``benchmarks/results/<name>.json`` together with what machine they were measured on.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def names() -> list[str]:
    """The benchmarks there are: modules that define ``run``."""
    return sorted(m.name for m in pkgutil.iter_modules([str(HERE)]) if "\ndef run(" in (HERE / f"{m.name}.py").read_text())


def machine() -> dict[str, object]:
    """What the numbers depend on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": platform.python_version(),
        "system": platform.platform(),
    }


def table(title: str, rows: Iterable[dict[str, Any]]) -> Iterable[Table]:
    """Rows as tables; a new one starts where the columns change."""
    current: Table | None = None
    columns: list[str] = []
    for row in rows:
        shown = {k: v for k, v in row.items() if k != "benchmark"}
        if current is None or list(shown) != columns:
            if current is not None:
                yield current
            columns = list(shown)
            current = Table(*columns, title=title, title_justify="left")
        current.add_row(*(f"{v:.2f}" if isinstance(v, float) else str(v) for v in shown.values()))
    if current is not None:
        yield current


def rows_of(result: Any) -> list[dict[str, Any]]:
    """The rows of a list as they are; a dictionary as its lists of rows and then its single values."""
    if isinstance(result, list):
        return result
    lists = [row for value in result.values() if isinstance(value, list) for row in value]
    return [*lists, *({"what": k, "value": v} for k, v in result.items() if not isinstance(v, list))]


def main() -> int:
    """Return the process exit status: 1 when a benchmark failed."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="*", help="; ".join(names()))
    wanted = parser.parse_args().name or names()
    if unknown := set(wanted) - set(names()):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    console = Console(width=None if sys.stdout.isatty() else 160)
    RESULTS.mkdir(exist_ok=True)
    failed = []
    for name in wanted:
        started = time.monotonic()
        with console.status(f"measuring {name}…"):
            try:
                result = importlib.import_module(f"benchmarks.{name}").run()
            except Exception as error:  # one failure must not hide the other benchmarks' results
                console.print(f"[red]{name}: {type(error).__name__}: {error}")
                failed.append(name)
                continue
        for part in table(f"{name} ({time.monotonic() - started:.0f} s)", rows_of(result)):
            console.print(part)
        report = {"benchmark": name, "at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "result": result}
        (RESULTS / f"{name}.json").write_text(json.dumps(report, indent=1, ensure_ascii=False, default=str) + "\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
