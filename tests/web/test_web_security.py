"""Certificates, ways in and brute-force protection on their page, and watching without an account."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
import pytest
from camera_process import Api, CameraProcess
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from playwright.async_api import expect
from web_kit import Visitor, eventually

from panocam.access.issue import KeyType, Wanted, self_signed
from panocam.access.pem import fingerprint, utc
from panocam.clock import SystemClock

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.peer("chromium")]


def shown(api: Api) -> str:
    """SHA-256 of the certificate that HTTPS shows."""
    port = api.get("state")["https_port"]
    der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))
    return fingerprint(x509.load_der_x509_certificate(der))


def read_request(path: Path) -> x509.CertificateSigningRequest:
    return x509.load_pem_x509_csr(path.read_bytes())


def certificates(api: Api) -> dict[str, dict]:  # type: ignore[type-arg]
    return {each["name"]: each for each in api.get("certificates")["certificates"]}


@pytest.mark.feature("GAP-36")
async def test_a_certificate_is_made_chosen_looked_at_and_deleted(anna: Visitor, api: Api) -> None:
    page, dialog = anna.page, anna.page.get_by_role("dialog")
    await anna.open("/security")
    await page.get_by_role("button", name="Add certificate").click()
    await page.get_by_role("menuitem", name="Make a self-signed one").click()
    await anna.field("Name").fill("bad name")
    await dialog.get_by_role("button", name="Make the certificate").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("must be 1 to 64 letters")
    await anna.field("Name").fill("shop")
    await dialog.get_by_label("Host names and addresses").fill("camera.example\n127.0.0.1")
    await dialog.get_by_role("button", name="Make the certificate").click()
    await expect(page.get_by_role("row", name="shop camera.example itself")).to_be_visible()

    await page.get_by_role("combobox", name="Certificate for HTTPS").click()
    await page.get_by_role("option", name="shop").click()
    await page.locator("form", has=page.get_by_text("Lowest TLS version")).get_by_role("button", name="Save").click()
    await expect(page.get_by_role("row", name="shop https")).to_be_visible()
    assert shown(api) == certificates(api)["shop"]["facts"]["sha256"]

    await page.get_by_label("More about shop").click()
    await page.get_by_role("menuitem", name="Details").click()
    await expect(dialog.get_by_text(shown(api))).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_label("More about shop").click()
    await expect(page.get_by_role("menuitem", name="In use, cannot be deleted")).to_be_disabled()
    api.send("PATCH", "settings", {"tls.https_certificate": "camera"})
    await page.reload()
    await page.get_by_label("More about shop").click()
    await page.get_by_role("menuitem", name="Delete").click()
    await dialog.get_by_role("button", name="Delete").click()
    await expect(page.get_by_label("More about shop")).to_have_count(0)
    assert set(certificates(api)) == {"camera"}


async def test_a_request_and_an_upload(anna: Visitor, api: Api, tmp_path: Path) -> None:
    page, dialog = anna.page, anna.page.get_by_role("dialog")
    await anna.open("/security")
    await page.get_by_role("button", name="Add certificate").click()
    await page.get_by_role("menuitem", name="Make a signing request").click()
    await anna.field("Name").fill("ordered")
    await dialog.get_by_role("button", name="Make the request").click()
    await page.get_by_label("More about ordered").click()
    async with page.expect_download() as started:
        await page.get_by_role("menuitem", name="Download the request").click()
    assert read_request(await (await started.value).path()).is_signature_valid

    wanted, key = Wanted(("camera.example",)), KeyType.EC_P256.generate()
    made = self_signed(wanted.subject, wanted.alternatives(), 30, key, utc(SystemClock().wall_ns()))
    (tmp_path / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    lock = serialization.BestAvailableEncryption(b"Knock-3")
    (tmp_path / "k.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock))
    await page.get_by_role("button", name="Add certificate").click()
    await page.get_by_role("menuitem", name="Upload one with its key").click()
    await anna.field("Name").fill("brought")
    files = page.locator("input[type=file]")
    await files.nth(0).set_input_files(tmp_path / "c.pem")
    await files.nth(1).set_input_files(tmp_path / "k.pem")
    await dialog.get_by_role("button", name="Upload").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("give its password")
    await dialog.get_by_label("Password of the key or file").fill("Knock-3")
    await dialog.get_by_role("button", name="Upload").click()
    await expect(page.get_by_role("row", name="brought camera.example itself")).to_be_visible()
    for name in ("ordered", "brought"):
        api.send("DELETE", f"certificates/{name}")


async def test_nobody_shuts_himself_out_on_the_page(anna: Visitor, api: Api) -> None:
    page = anna.page
    await anna.open("/security")
    await page.get_by_role("combobox", name="Allow access through").click()
    await page.get_by_role("option", name="HTTPS only").click()
    form = page.locator("form", has=page.get_by_text("Allow access through"))
    await form.get_by_role("button", name="Save").click()
    await expect(form.get_by_role("alert")).to_contain_text("would end the HTTP connection that asks for it: open https://127.0.0.1:")
    assert api.get("settings")["values"]["network.http_policy"] == "both"


@pytest.mark.feature("GAP-26")
async def test_who_guesses_is_seen_and_released(anna: Visitor, api: Api, camera: CameraProcess) -> None:
    page = anna.page
    guess = {"username": "mallory", "password": "guess"}
    api.send("DELETE", "password-guessing")
    async with httpx.AsyncClient(base_url=camera.http, verify=False) as client:
        statuses = [(await client.post("/api/v1/login", json=guess)).status_code for _ in range(6)]
        assert statuses == [401] * 5 + [429]
    await anna.open("/security")
    row = page.get_by_role("row", name="127.0.0.1 (unknown) 5")
    await expect(row).to_be_visible()
    await row.get_by_role("button", name="Release").click()
    await expect(row).to_have_count(0)
    async with httpx.AsyncClient(base_url=camera.http, verify=False) as client:
        assert (await client.post("/api/v1/login", json=guess)).status_code == 401
    assert api.get("events?topic=Device/Access/PasswordGuessing")["events"][0]["data"]["peer"] == "127.0.0.1"
    api.send("DELETE", "password-guessing")


@pytest.mark.feature("GAP-26")
async def test_watching_without_an_account_is_a_switch(anna: Visitor, api: Api, camera: CameraProcess) -> None:
    page = anna.page

    def answer() -> int:
        return httpx.get(f"{camera.http}/axis-cgi/jpg/image.cgi?resolution=320x180&camera=2").status_code

    assert answer() == 401
    await anna.open("/accounts")
    await expect(page.get_by_label("Anonymous PTZ")).to_be_disabled()
    await page.get_by_role("switch", name="Anonymous viewing").press("Space")

    async def open_to_all() -> bool:
        return answer() == 200

    await eventually(open_to_all, "a picture for anybody")
    await expect(page.get_by_label("Anonymous PTZ")).to_be_enabled()
    api.send("PATCH", "settings", {"access.anonymous_viewing": False})
    assert answer() == 401
