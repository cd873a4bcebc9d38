"""What makes the tests quick and no test weaker.

What is imported is kept compiled, whatever the environment says: each start of a camera would compile the whole program anew otherwise.
And the thousands of tests that were collected are not searched for garbage again and again.

Loaded as a plugin before any test is imported; workers and the programs that tests start inherit the environment.
"""

import gc
import os
import sys

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
