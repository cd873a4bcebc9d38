from __future__ import annotations

import pytest
from camera_process import Api
from conftest import Visitor

pytestmark = [pytest.mark.asyncio(loop_scope="session")]


async def test_shots(anna: Visitor, api: Api) -> None:
    page = anna.page
    api.send("PATCH", "settings", {"stream.compression": 44, "privacy.enabled": False})
    api.send("PATCH", "settings", {"privacy.enabled": True})
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            await page.set_viewport_size({"width": width, "height": 900})
            await anna.open("/logs")
            await page.evaluate("localStorage.setItem('panocam.tour.anna','true')")
            await page.reload()
            await page.get_by_role("tab", name="Audit log").click()
            await page.get_by_role("table", name="Audit log").wait_for()
            await page.screenshot(path=f"/tmp/shots/logs-{scheme}-{width}.png")
            await anna.open("/maintenance")
            await page.get_by_role("button", name="Factory default…").wait_for()
            await page.screenshot(path=f"/tmp/shots/maint-{scheme}-{width}.png")
            await page.get_by_role("button", name="Factory default…").click()
            await page.get_by_role("list", name="Stays").wait_for()
            await page.wait_for_timeout(400)
            await page.screenshot(path=f"/tmp/shots/reset-{scheme}-{width}.png")
