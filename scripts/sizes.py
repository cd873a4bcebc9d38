"""Fail when a source file is longer than the hard cap; a file past the soft cap is only named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SOFT, HARD = 400, 600
SUFFIXES = {".py", ".ts", ".tsx", ".cpp", ".h"}


def main() -> int:
    """Return the process exit status: 1 when a file passes the hard cap."""
    names = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True).stdout.split("\n")
    lengths = {n: len(Path(n).read_text().splitlines()) for n in names if Path(n).suffix in SUFFIXES and Path(n).is_file()}
    for name, length in sorted(lengths.items(), key=lambda item: -item[1]):
        if length > SOFT:
            print(f"{length:5} lines: {name}{'  OVER THE CAP of ' + str(HARD) if length > HARD else ''}")
    return int(any(length > HARD for length in lengths.values()))


if __name__ == "__main__":
    sys.exit(main())
