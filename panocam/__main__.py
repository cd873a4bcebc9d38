"""The command line's entry: a user's mistake becomes one line that names it and the remedy, and exit status 2."""

from __future__ import annotations

import sys

from panocam.errors import PanocamError


def main() -> None:
    """Entry point of the ``panocam`` command."""
    from panocam.cli import app  # here, so that a broken installation can still be told in one line

    try:
        app()
    except PanocamError as error:
        print(f"panocam: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
