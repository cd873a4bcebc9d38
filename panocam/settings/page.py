"""The table of all settings for docs/settings.md: ``python -m panocam.settings.page`` prints it, and a test compares."""

from __future__ import annotations

import json

from panocam.settings.snapshot import DECLARED, Snapshot


def table() -> str:
    """Markdown, one row a setting; rows that repeat are shown once, with N for their number."""
    defaults = Snapshot().flat_json()
    lines = ["| Setting | Default | Read | Write | Takes effect | What it is |", "| --- | --- | --- | --- | --- | --- |"]
    for row in DECLARED.values():
        parts = row.path.split(".")
        if any(part.isdigit() and part != "0" for part in parts):
            continue
        path = ".".join("N" if part.isdigit() else part for part in parts)
        default = "secret" if row.secret else json.dumps(defaults[row.path], ensure_ascii=False)
        when = "at the next start" if row.restart else "at once"
        unit = f" ({row.unit})" if row.unit else ""
        lines.append(f"| `{path}` | `{default}` | {row.read} | {row.write or '–'} | {when} | {row.description}{unit} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
