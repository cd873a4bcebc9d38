"""The command line; see docs/command-line.md."""

from __future__ import annotations


def main() -> None:
    """Entry point of the ``panocam`` command."""
    from panocam.cli import app

    app()


if __name__ == "__main__":
    main()
