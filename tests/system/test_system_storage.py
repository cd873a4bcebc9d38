"""Disks of the real camera: a network share on a real Samba with the card to stand in, and cards that go wrong."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from system_camera import RunningCamera, until

sys.path.append(str(Path(__file__).parents[1] / "storage"))
import itertools

from samba import PASSWORD, USER, Samba, serving

STREAM = "camera=5&resolution=320x240&videokeyframeinterval=10"
SHARE, CARD = "NetworkShare", "SD_DISK"


@pytest.fixture
def camera(tmp_path: Path, clip: Path) -> Iterator[RunningCamera]:
    (tmp_path / "card").mkdir()
    running = RunningCamera(tmp_path, "--source", clip, "--sd-card", tmp_path / "card")
    running.start()
    running.create_administrator()
    yield running
    running.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Samba]:
    with serving(tmp_path / "samba") as running:
        yield running


def ask(camera: RunningCamera, method: str, path: str, expected: int = 200, **body: Any) -> Any:
    with camera.client() as client:
        reply = client.request(method, f"/api/v1/{path}", json=body or None)
    assert reply.status_code in ((200, 204) if expected == 200 else (expected,)), reply.text
    return reply.json() if reply.content else None


def disk(camera: RunningCamera, name: str) -> dict[str, Any]:
    return next((row for row in camera.get("/api/v1/storage/disks")["disks"] if row["id"] == name), {})


def add(camera: RunningCamera, server: Samba, expected: int = 200, **more: Any) -> Any:
    wish = {"name": "Shelf", "address": "127.0.0.1", "port": server.port, "share": "video", "user": USER, "password": PASSWORD}
    return ask(camera, "POST", "storage/shares", expected, **{**wish, **more})


def frames(path: Path) -> int:
    wanted = ["-select_streams", "v", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]
    done = subprocess.run(["ffprobe", "-v", "error", *wanted, path], capture_output=True, text=True, check=True)
    assert not done.stderr
    return int(done.stdout.strip().rstrip(","))


def total(camera: RunningCamera, identity: str) -> int:
    return sum(segment["pictures"] for segment in camera.get(f"/api/v1/recordings/{identity}")["segments"])


def exported(camera: RunningCamera, identity: str) -> Path:
    target = camera.folder / f"{identity}.mkv"
    with camera.client() as client:
        reply = client.get(f"/api/v1/recordings/{identity}/media.mkv")
    assert reply.status_code == 200, reply.text
    target.write_bytes(reply.content)
    return target


def steady(path: Path) -> None:
    """Every picture follows the one before: no stretch is missing (a busy machine leaves out single ones) and none is there twice."""
    wanted = ["-select_streams", "v", "-show_entries", "packet=pts_time", "-of", "csv=p=0"]
    done = subprocess.run(["ffprobe", "-v", "error", *wanted, path], capture_output=True, text=True, check=True)
    times = [float(line.rstrip(",")) for line in done.stdout.split()]
    steps = [round(b - a, 3) for a, b in itertools.pairwise(times)]
    usual = sorted(steps)[len(steps) // 2]
    assert max(steps) < 0.5, "a stretch is missing"
    assert min(steps) > usual / 4, "a picture is there twice"


@pytest.mark.peer("smbd")
@pytest.mark.feature("STO-01", "STO-03", "STO-04", "STO-07", "GAP-19")
def test_a_share_is_added_recorded_on_and_stood_in_for(camera: RunningCamera, server: Samba) -> None:
    wrong = add(camera, server, 503, password="wrong")
    assert "login" in str(wrong)
    assert ask(camera, "GET", "storage/shares")["shares"] == [], "what does not work is not kept"
    shown = add(camera, server)
    assert (shown["disk"], shown["has_password"]) == (SHARE, True)
    assert PASSWORD not in str(shown) + str(camera.get("/api/v1/settings"))
    until(lambda: disk(camera, SHARE).get("state") == "OK")
    assert disk(camera, SHARE)["facts"] == {"filesystem": "cifs", "version": "3.1.1", "encrypted": "yes"}
    camera.change(storage__continuous=[{"profile": 1, "disk": SHARE, "options": STREAM}])
    until(lambda: disk(camera, SHARE)["running"] == 1)
    (row,) = until(lambda: camera.get("/api/v1/recordings", disk=SHARE)["recordings"])
    identity = row["id"]
    until(lambda: total(camera, identity) > 40)
    server.stop()
    until(lambda: disk(camera, SHARE)["homecoming"]["away"])
    event = camera.events("Storage/Failover")[0]
    assert (event["data"]["away"], event["data"]["to"]) == (True, CARD)
    before = total(camera, identity)
    until(lambda: total(camera, identity) > before + 40)
    camera.kill()
    server.start()
    camera.start()
    until(lambda: disk(camera, SHARE).get("state") == "OK")
    until(lambda: disk(camera, SHARE)["homecoming"]["waiting"] == 0 and not list((camera.folder / "card").rglob("*.mkv")))
    steady(exported(camera, identity))
    camera.change(storage__continuous=[])
    until(lambda: not disk(camera, SHARE)["running"])
    for file in server.share.rglob("*.mkv"):
        assert frames(file) > 0
    log = (camera.folder / "log").read_text() if (camera.folder / "log").exists() else ""
    assert PASSWORD not in log


@pytest.mark.peer("smbd")
@pytest.mark.feature("STO-06")
def test_a_share_that_is_not_there_yet_is_added_untested(camera: RunningCamera, server: Samba) -> None:
    server.stop()
    assert "port" in str(add(camera, server, 503))
    shown = add(camera, server, test=False)
    until(lambda: disk(camera, SHARE).get("state") == "failed")
    assert "nothing answers" in disk(camera, SHARE)["reason"]
    server.start()
    until(lambda: disk(camera, SHARE)["state"] == "OK", 40)
    one = f"storage/shares/{shown['id']}"
    tried = ask(camera, "POST", one, action="test")
    until(lambda: ask(camera, "GET", f"storage/actions/{tried['id']}")["end"] != "running")
    assert "it works: SMB 3.1.1, encrypted" in ask(camera, "GET", f"storage/actions/{tried['id']}")["words"]
    refused = ask(camera, "PATCH", one, 400, address="localhost")
    assert "password" in str(refused), "the password goes to no other server"
    ask(camera, "PATCH", one, address="localhost", password=PASSWORD, retention_days=2)
    until(lambda: disk(camera, SHARE)["state"] == "OK")
    assert ask(camera, "POST", one, action="unbind")["end"] == "done"
    until(lambda: not disk(camera, SHARE))
    assert ask(camera, "POST", one, action="bind")["words"] == SHARE
    until(lambda: disk(camera, SHARE).get("state") == "OK")
    ask(camera, "DELETE", one, 204)
    until(lambda: not disk(camera, SHARE))
    assert not list((camera.folder / "data" / "keystore").glob("share-*"))


@pytest.mark.peer("smbd")
def test_without_a_stand_in_pictures_are_lost_and_it_says_so(camera: RunningCamera, server: Samba) -> None:
    camera.change(storage__failover=False)
    add(camera, server)
    until(lambda: disk(camera, SHARE).get("state") == "OK")
    identity = ask(camera, "POST", "recordings", options=STREAM, disk=SHARE)["id"]
    until(lambda: total(camera, identity) > 20)
    server.stop()
    until(lambda: disk(camera, SHARE)["refused"] > 10)
    assert not list((camera.folder / "card").rglob("*.mkv"))
    server.start()
    until(lambda: disk(camera, SHARE)["state"] == "OK")
    before = total(camera, identity)
    until(lambda: total(camera, identity) > before)
    ask(camera, "POST", f"recordings/{identity}/stop")
    assert [row["began"] for row in camera.get(f"/api/v1/recordings/{identity}")["segments"]] == ["start", "gap"]


def test_a_protected_card_takes_nothing_and_loses_nothing(camera: RunningCamera) -> None:
    identity = ask(camera, "POST", "recordings", options=STREAM)["id"]
    until(lambda: total(camera, identity) > 20)
    ask(camera, "POST", f"recordings/{identity}/stop")
    camera.change(storage__protected=True, storage__retention_days=0.00001)
    assert "protected" in str(ask(camera, "POST", "recordings", 503, options=STREAM))
    assert "protected" in str(ask(camera, "POST", f"storage/disks/{CARD}", 503, action="format", confirm=CARD))
    ask(camera, "POST", f"storage/disks/{CARD}", action="check")
    assert total(camera, identity) > 20
    camera.change(storage__protected=False)
    ask(camera, "POST", f"storage/disks/{CARD}", action="check")
    until(lambda: not camera.get("/api/v1/recordings")["recordings"])


def test_a_check_finds_what_a_repair_mends(camera: RunningCamera) -> None:
    identity = ask(camera, "POST", "recordings", options=STREAM)["id"]
    until(lambda: total(camera, identity) > 40)
    ask(camera, "POST", f"recordings/{identity}/stop")
    one = f"storage/disks/{CARD}"
    assert ask(camera, "POST", one, action="check")["action"]["words"] == "1 files are well"
    (file,) = (camera.folder / "card").rglob("*.mkv")
    file.write_bytes(file.read_bytes()[:-3000])
    (file.parent / "holiday.mkv").write_bytes(b"not ours")
    found = ask(camera, "POST", one, action="check")["action"]
    assert (found["end"], "1 cut" in found["words"], "repair" in found["words"]) == ("done", True, True)
    mended = ask(camera, "POST", one, action="repair")["action"]
    words = "1 files are listed as they are; 1 cut behind their last whole piece; 1 not ours or damaged in front, and left alone"
    assert (mended["words"], mended["stoppable"]) == (words, True)
    assert ask(camera, "DELETE", f"storage/actions/{mended['id']}")["end"] == "done", "what has ended stays as it is"
    assert "no job" in str(ask(camera, "DELETE", "storage/actions/987654", 404))
    assert "files are well" in ask(camera, "POST", one, action="check")["action"]["words"]
    assert frames(file) == total(camera, identity)
    assert (file.parent / "holiday.mkv").exists()


def xml(camera: RunningCamera, path: str, **arguments: str) -> ElementTree.Element:
    with camera.client() as client:
        reply = client.get(f"/axis-cgi/{path}.cgi", params=arguments)
    assert reply.status_code == 200, reply.text
    return ElementTree.fromstring(reply.content)


def limits_of_the_card(camera: RunningCamera) -> None:
    assert xml(camera, "record/storage/setlimit", diskid=CARD, size="2048000")[0].tag == "GeneralSuccess"
    assert camera.get("/api/v1/settings")["values"]["storage.most_mb"] == 2000
    (limit,) = xml(camera, "record/storage/getlimit")[0]
    assert (limit.tag, limit.get("diskid"), limit.get("size")) == ("StorageLimit", CARD, "2048000")
    assert int(limit.get("usedspace") or 0) > 1
    assert xml(camera, "record/storage/setlimit", diskid=CARD, size="1")[0].tag == "GeneralSuccess"
    assert camera.get("/api/v1/settings")["values"]["storage.most_mb"] == 1, "rounded up, because 0 would be no limit"
    assert xml(camera, "record/storage/setlimit", diskid=CARD, size="much").findtext(".//ErrorCode") == "120"


@pytest.mark.feature("STO-01")
def test_a_card_as_vapix_clients_look_after_it(camera: RunningCamera) -> None:
    identity = ask(camera, "POST", "recordings", options=STREAM)["id"]
    until(lambda: total(camera, identity) > 20)
    ask(camera, "POST", f"recordings/{identity}/stop")
    of_card = {"diskid": CARD}

    able = next(xml(camera, "disks/getcapabilities", **of_card).iter("disk"))
    assert (able.get("requiredfssupported"), able.get("encryptionsupported")) == ("false", "false")
    assert next(able.iter("filesystem")).get("name") == disk(camera, CARD)["facts"]["filesystem"]
    assert next(xml(camera, "disks/properties/getdiskalertlevels", **of_card).iter("AlertLevels")).get("Wear") == "-1"
    assert next(xml(camera, "disks/gethealth").iter("HealthStatus")).attrib == {"diskid": CARD, "wear": "-1"}

    checked = next(xml(camera, "disks/checkdisk", **of_card).iter("job"))
    assert (checked.get("action"), checked.get("diskid"), checked.get("result")) == ("checkdisk", CARD, "OK")
    followed = next(xml(camera, "disks/job", jobid=checked.get("jobid") or "").iter("job"))
    assert (followed.get("result"), followed.get("progress"), followed.get("description")) == ("OK", "100", "1 files are well")
    assert next(xml(camera, "disks/repair", **of_card).iter("job")).get("result") == "OK"

    assert next(xml(camera, "disks/lock", action="lock", **of_card).iter("lock")).get("result") == "OK"
    assert "protected" in str(ask(camera, "POST", "recordings", 503, options=STREAM))
    assert next(xml(camera, "disks/lock", action="unlock", **of_card).iter("unlock")).get("result") == "OK"

    assert list(xml(camera, "disks/properties/setcleanuppolicy", policyname="none", **of_card).iter("GeneralSuccess"))
    assert list(xml(camera, "disks/properties/setcleanupmaxage", maxage="48", **of_card).iter("GeneralSuccess"))
    values = camera.get("/api/v1/settings")["values"]
    assert (values["storage.remove_oldest"], values["storage.retention_days"]) == (False, 2)

    limits_of_the_card(camera)
    assert next(xml(camera, "disks/format", **of_card).iter("job")).get("result") == "OK"
    assert camera.get("/api/v1/recordings")["recordings"] == []
    assert not list((camera.folder / "card").rglob("*.mkv"))


@pytest.mark.peer("smbd")
def test_a_share_is_tried_out_before_it_is_set_up(camera: RunningCamera, server: Samba) -> None:
    wish = {"address": "127.0.0.1", "port": server.port, "share": "video", "user": USER}
    for password, words in ((PASSWORD, "it works"), ("wrong", "login")):
        tried = ask(camera, "POST", "storage/trials", password=password, **wish)
        until(lambda tried=tried: ask(camera, "GET", f"storage/actions/{tried['id']}")["end"] != "running")
        assert words in ask(camera, "GET", f"storage/actions/{tried['id']}")["words"]
    assert ask(camera, "GET", "storage/shares")["shares"] == []
