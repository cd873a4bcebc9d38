"""Restart, factory default, firmware management and the server report over HTTP."""

from __future__ import annotations

import io
import json
import tarfile
import tracemalloc
import zipfile
from typing import Any

import pytest
from api_kit import Side

from panocam.access.reset import MARK
from panocam.api.packing import MODES
from panocam.api.report import Part, collect
from panocam.errors import Unavailable
from panocam.journal import Level, Which
from panocam.settings import Role

RESTARTS = ("/axis-cgi/restart.cgi", "/axis-cgi/factorydefault.cgi", "/axis-cgi/hardfactorydefault.cgi")


async def manage(side: Side, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    body = {"apiVersion": "1.0", "context": "c", "method": method, "params": params}
    async with side.client(Role.ADMINISTRATOR) as admin:
        reply = await admin.post("/axis-cgi/firmwaremanagement.cgi", json=body)
    assert reply.status_code == 200
    return dict(reply.json())


@pytest.mark.parametrize("path", RESTARTS)
async def test_the_reply_comes_before_the_end(side: Side, path: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as admin:
        reply = await admin.get(path)
    assert (reply.status_code, "restarts" in reply.text) == (200, True)
    assert side.ended == ["again"]


async def test_firmware_management_says_only_what_is_true(side: Side) -> None:
    status = (await manage(side, "status"))["data"]
    assert (status["isCommited"], status["isCommitted"], status["activeFirmwareVersion"]) == (True, True, "0.1.0")
    assert (await manage(side, "upgrade"))["error"]["code"] == 405
    assert (await manage(side, "rollback"))["error"]["code"] == 405
    wrong = (await manage(side, "factoryDefault", {"factoryDefaultMode": "gentle"}))["error"]
    assert (wrong["code"], "soft or hard" in wrong["message"]) == (400, True)
    assert side.ended == []
    assert (await manage(side, "reboot"))["data"] == {}
    assert side.ended == ["again"]


@pytest.mark.feature("RST-01")
async def test_a_reset_is_confirmed_with_the_serial_number_and_says_what_is_lost(side: Side) -> None:
    mark = side.journal.folder.parent / MARK
    async with side.client(Role.ADMINISTRATOR) as admin:
        facts = (await admin.get("/api/v1/maintenance")).json()
        assert {row["what"] for row in facts["reset_removes"] if row["soft"]} >= {"all accounts and passwords", "all keys and secrets"}
        refused = await admin.post("/api/v1/maintenance/factory-default", json={"mode": "hard", "confirm": "yes"})
        assert (refused.status_code, mark.exists(), side.ended) == (400, False, [])
        done = await admin.post("/api/v1/maintenance/factory-default", json={"mode": "hard", "confirm": "0200deadbeef"})
        assert (done.status_code, done.json()["boot_id"]) == (200, facts["boot_id"])
    assert json.loads(mark.read_text()) == {"mode": "hard"}
    assert side.ended == ["again"]
    assert any("factory default (hard) asked for" in line for line in side.lines(Which.AUDIT))


@pytest.mark.parametrize("path", RESTARTS)
async def test_another_website_cannot_restart_the_camera(side: Side, path: str) -> None:
    async with side.client() as page:
        await side.login(page, Role.ADMINISTRATOR)
        del page.headers["X-CSRF-Token"]
        assert (await page.get(path)).status_code == 403
        assert (await page.get(path, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert side.ended == []


@pytest.mark.feature("TRB-24", "GAP-38")
@pytest.mark.parametrize("mode", MODES)
async def test_a_report_is_a_whole_archive(side: Side, mode: str) -> None:
    await side.services.settings.patch({"source.password": "V3rySecret"})
    side.journal.write(Which.SYSTEM, Level.INFO, "part", "a line of the log")
    async with side.client(Role.ADMINISTRATOR) as admin:
        reply = await admin.get("/axis-cgi/serverreport.cgi", params={"mode": mode})
    assert reply.headers["content-type"] == MODES[mode].media_type
    files = _unpack(mode, reply.content)
    if mode == "text":
        assert "a line of the log" in files["text"].decode()
        return
    assert json.loads(files["settings.json"])["source.password"] == "**********"
    assert json.loads(files["report.json"])["serial"] == "0200DEADBEEF"
    assert [view["index"] for view in json.loads(files["capabilities.json"])["views"]] == list(range(12))
    assert "panocam_uptime_seconds" in files["metrics.txt"].decode()
    assert "a line of the log" in files["logs/system.log"].decode()
    assert (files["picture.jpg"][:2] == b"\xff\xd8") if MODES[mode].picture else ("picture.jpg" not in files)
    for name in files:
        assert not name.endswith(".json") or json.loads(files[name]) is not None


async def test_a_report_with_an_unknown_mode_or_without_a_picture(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as admin:
        wrong = await admin.get("/axis-cgi/serverreport.cgi?mode=all")
        assert (wrong.status_code, "zip_with_image" in wrong.text) == (400, True)
        side.camera.refuse = Unavailable("the source rtsp://a:geheim@h/ is away")
        files = _unpack("zip", (await admin.get("/api/v1/maintenance/report")).content)
    assert files["picture.txt"] == b"no picture: the source rtsp://***@h/ is away\n"


def _unpack(mode: str, data: bytes) -> dict[str, bytes]:
    if mode == "text":
        return {"text": data}
    if mode == "tar_all":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            return {each.name: archive.extractfile(each).read() for each in archive}  # type: ignore[union-attr]
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        assert zipped.testzip() is None
        return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.mark.parametrize("mode", MODES)
async def test_packing_holds_a_piece_not_the_whole(side: Side, mode: str) -> None:
    piece = b"0123456789abcdef" * 4096
    parts = [*await collect(side.services, picture=False), Part("large.txt", lambda: (piece for _ in range(1000)))]
    total = 0
    tracemalloc.start()
    for made in MODES[mode].pack(parts, 0):
        total += len(made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > 0
    assert peak < 12 << 20 < 1000 * len(piece)
