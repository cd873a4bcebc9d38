"""What makes the tests quick and no test weaker.

What is imported is kept compiled, whatever the environment says: each start of a camera would compile the whole program anew otherwise.
And the thousands of tests that were collected are not searched for garbage again and again. After each file, memory that the C library
keeps for itself goes back to the system: after the large pictures of some tests that is most of what a worker has.

Loaded as a plugin before any test is imported; workers and the programs that tests start inherit the environment.
"""

import contextlib
import ctypes
import gc
import os
import sys

import pytest

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    if nextitem is None or nextitem.path != item.path:
        with contextlib.suppress(AttributeError):  # another C library than the GNU one
            ctypes.CDLL(None).malloc_trim(0)
