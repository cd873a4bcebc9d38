"""The page of the tampering detector in a real browser, on the simulated shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from camera_process import Api, CameraProcess
from playwright.async_api import expect
from web_kit import Visitor, eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, built_page: None) -> Iterator[CameraProcess]:
    process = CameraProcess(tmp_path_factory.mktemp("tampering"), Path("sim:room"))
    process.start()
    api = Api(process.http)
    api.set_up()
    api.close()
    yield process
    process.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def otto(visit: Callable[..., Awaitable[Visitor]], shop: CameraProcess) -> Visitor:
    visitor = await visit(shop.http)
    await visitor.log_in()
    return visitor


async def test_it_is_switched_on_learns_watches_and_is_tuned(shop: CameraProcess, otto: Visitor) -> None:
    page = otto.page
    owner = Api(shop.http)
    owner.log_in()
    await otto.open("/detectors")
    await expect(page.get_by_label("Camera tampering: off")).to_be_visible()
    await expect(page.get_by_role("button", name="Learn the scene anew")).to_be_disabled()
    await page.get_by_role("switch", name="Watch for tampering").click(force=True)
    await expect(page.get_by_label("Camera tampering: learning")).to_be_visible(timeout=30_000)
    delay = otto.field("Trigger delay")
    await delay.fill("7")
    await delay.press("Enter")
    await page.get_by_role("switch", name="Trigger on dark images").click(force=True)

    async def kept() -> bool:
        values = owner.get("settings")["values"]
        return (values["tampering.enabled"], values["tampering.delay"], values["tampering.dark"]) == (True, 7, True)

    await eventually(kept, "the settings")
    await expect(page.get_by_label("Camera tampering: watching")).to_be_visible(timeout=60_000)
    await expect(page.get_by_text("of it is found again")).to_be_visible()
    await otto.shots("tampering")
    await page.get_by_role("button", name="Learn the scene anew").click()
    await expect(page.get_by_label("Camera tampering: learning")).to_be_visible(timeout=30_000)
    owner.close()
