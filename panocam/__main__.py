"""The entry of the ``panocam`` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        from panocam import cli  # here, so that Ctrl+C during the imports ends quietly too

        status = cli.main()
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)


if __name__ == "__main__":
    main()
