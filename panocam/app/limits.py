"""What the system lets one process have."""

from __future__ import annotations

import sys

WANTED_FILES = 16_384
"""All connections that the ports take (4000 each for web and video), their UDP sockets, and files."""


def allow_many_files() -> None:
    """Raise the soft limit of open files towards the hard one: common systems start programs with 1024, and each connection is one."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
