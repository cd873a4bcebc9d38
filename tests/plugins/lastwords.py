"""What a worker of a parallel run said when it died stands in the report of the test that it ran: where each thread was, and whether it
crashed or was ended because the test hung. On standard error it would stand somewhere in front of all failures, if anybody keeps that.

Loaded as a plugin.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key

PLACE = "last_words"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.last_words = tempfile.NamedTemporaryFile(prefix="lastwords-")  # noqa: SIM115 - goes when the run ends
    node.workerinput[PLACE] = node.last_words.name


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """In a worker: pytest's fault handler has been made; what it writes goes into the file."""
    if (place := getattr(config, "workerinput", {}).get(PLACE)) is not None:
        with Path(place).open("ab") as file:
            os.dup2(file.fileno(), config.stash[fault_handler_stderr_fd_key], inheritable=False)


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(report: Any) -> None:
    report.sections.append(("Last words of the worker", report.node.last_words.read().decode(errors="replace")))
