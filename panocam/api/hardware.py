"""What the program runs on, as far as the system tells."""

from __future__ import annotations

import os
import platform
import shutil
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

PROC = Path("/proc")


def hardware(folder: Path) -> dict[str, Any]:
    """Processor, memory, load, and the disk of the data ``folder``. What is not known is left out."""
    disk = shutil.disk_usage(folder)
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = _pairs(PROC / "meminfo")
    facts = {
        "system": platform.platform(),
        "machine": platform.machine(),
        "processor": _pairs(PROC / "cpuinfo").get("model name"),
        "cores": os.cpu_count(),
        "usable_cores": usable,
        "memory_total": memory.get("MemTotal"),
        "memory_available": memory.get("MemAvailable"),
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "data_disk": {"total": disk.total, "free": disk.free},
        "python": platform.python_version(),
    }
    return {name: value for name, value in facts.items() if value is not None}


def packages() -> dict[str, str]:
    """The installed Python packages and their versions."""
    found = {str(each.metadata["Name"]): each.version for each in distributions()}
    return dict(sorted(found.items(), key=lambda pair: pair[0].lower()))


def _pairs(path: Path) -> dict[str, str]:
    """``name: value`` lines, the first of a name."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    pairs = [line.partition(":") for line in lines]
    return {name.strip(): value.strip() for name, colon, value in reversed(pairs) if colon}
