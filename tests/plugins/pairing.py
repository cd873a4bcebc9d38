"""Who runs what when several workers share the tests (``-n 3 --dist loadfile``): two have the files whose tests wait for real cameras and
browsers, one after the other; the others have those that compute.

So real cameras do not take the time from each other, those that all tests of a kind share are started once or twice, and no core idles
while a test waits. Whose own files are done helps the others; but those that computed stop then, because more cameras than cores would
only be late. Files that take long come first: what begins last is what everybody waits for. Loaded as a plugin.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

CAMERAS = 2
"""Workers that may have tests with real cameras at the same time."""
WAITING = ("tests/system/", "tests/web/", "tests/network/test_network_managed")
LONG = (
    *("tests/system/test_system_motion", "tests/system/test_system_tampering", "tests/system/test_system_exposure"),
    *("tests/web/test_web_exposure", "tests/web/test_web_motion", "tests/web/test_web_tampering", "tests/web/test_web_timeline"),
    *("tests/web/test_web_outofreach", "tests/imaging/test_imaging_neon"),
)
"""Few tests, more than ten seconds each; the others begin with the file that has most of them."""


def check_names(names: Iterable[str]) -> None:
    """Of tests with the same name a run with several workers makes one, and nobody misses the others. Raises UsageError."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"tests with the same name: {', '.join(twice)}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not hasattr(config, "workerinput"):
        check_names(item.nodeid for item in items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    if config.option.dist != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Paired(LoadFileScheduling):
        def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
            check_names(collection)
            super().add_node_collection(node, collection)

        def _assign_work_unit(self, node: Any) -> None:
            waits = node in self.nodes[: max(1, min(CAMERAS, len(self.nodes) - 1))]
            own = [file for file in self.workqueue if file.startswith(WAITING) is waits] or list(self.workqueue)
            if own:
                self.workqueue.move_to_end(next((file for file in own if file.startswith(LONG)), own[0]), last=False)
            super()._assign_work_unit(node)

        def _reschedule(self, node: Any) -> None:
            if node.shutting_down:
                return
            if node in self.nodes[CAMERAS:] and all(file.startswith(WAITING) for file in self.workqueue):
                node.shutdown()  # it finishes what it has
            else:
                super()._reschedule(node)

    return Paired(config, log)
