"""What stands on the label of a camera of hardware: serial and part number, on the page as in the API."""

from __future__ import annotations

import httpx
import pytest
from camera_process import ADMIN, PASSWORD, Api
from playwright.async_api import expect
from web_kit import Visitor

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


@pytest.mark.feature("SPEC-05")
async def test_serial_and_part_number_are_on_the_page_and_in_the_api(anna: Visitor, api: Api) -> None:
    state = api.get("state")
    wish = {"apiVersion": "1.0", "method": "getAllUnrestrictedProperties"}
    async with httpx.AsyncClient(base_url=anna.base, verify=False, auth=httpx.DigestAuth(ADMIN, PASSWORD)) as client:
        told = (await client.post("/axis-cgi/basicdeviceinfo.cgi", json=wish)).json()["data"]["propertyList"]
    assert (told["SerialNumber"], told["ProdNbr"]) == (state["serial"], state["model"].upper())
    assert len(bytes.fromhex(state["serial"])) == 6
    assert int(state["serial"][:2], 16) & 3 == 2, "of the range that everybody may use"
    await anna.open("/status")
    page = anna.page
    for label, value in (("Serial number", state["serial"]), ("Part number", told["ProdNbr"])):
        await expect(page.locator("tr", has_text=label)).to_contain_text(value)
