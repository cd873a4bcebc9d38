"""A running camera sends: mail, requests, text and pictures, to servers that take them, hang, or are gone."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from mail_kit import PASSWORD, USER, Authority, mail_server
from system_camera import RunningCamera, until
from test_system_ptz import send
from test_system_rules import add, drive, rule

MAIL = {"kind": "email", "to": ["guard@example.com"], "sender": "cam@example.com", "server": "127.0.0.1", "encryption": "none"}


@pytest.fixture
def sending(fresh: RunningCamera) -> RunningCamera:
    fresh.start()
    fresh.create_administrator()
    return fresh


def recipient(camera: RunningCamera, **fields: Any) -> int:
    return int(send(camera, "POST", "recipients", **fields)["id"])


def standing(camera: RunningCamera, number: int) -> dict[str, Any]:
    return next(each for each in send(camera, "GET", "recipients")["recipients"] if each["id"] == number)


@pytest.mark.feature("EVT-02", "EVT-29", "EVT-30", "EVT-31", "EVT-35", "EVT-36", "EVT-37", "EVT-39", "EVT-40")
def test_a_virtual_input_sends_a_mail_whose_modifiers_are_resolved(sending: RunningCamera, tmp_path: Any) -> None:
    camera, authority = sending, Authority.make()
    send(camera, "POST", "ca-certificates", name="mail", certificate=authority.pem.decode())
    with mail_server(authority.context(tmp_path), login=True) as server:
        login = {"encryption": "starttls", "user": USER, "password": PASSWORD}
        guard = recipient(camera, **{**MAIL, **login}, name="Guard", port=server.port)
        tested = send(camera, "POST", f"recipients/{guard}/test")
        assert (tested["works"], "taken as 42" in tested["words"]) == (True, True), tested
        assert server.next().message["Subject"] == "Test of the recipient Guard"
        words = {"recipient": guard, "subject": "Alarm at #n, %F", "text": "Pan #x\n100%% sure\n#m", "view": 4}
        number = add(camera, "notify_email.fixed", parameters=words, name="Mail")
        before = time.strftime("%Y-%m-%d")
        drive(camera, True)
        took = server.next()
        pan, sure, mac = took.message.get_content().splitlines()
        assert re.fullmatch(r"Pan [+-]?\d+\.\d", pan), pan
        assert sure == "100% sure"
        assert re.fullmatch(r"([0-9A-F]{2}:){2}[0-9A-F]{2}", mac)
        assert camera.ready["serial"].endswith(mac.replace(":", ""))
        subject = took.message["Subject"]
        assert "#" not in subject
        assert subject.endswith((before, time.strftime("%Y-%m-%d")))
        assert (took.user, took.encrypted) == (USER, True)
        until(lambda: standing(camera, guard)["sent"] == 1)
        assert (rule(camera, number)["starts"], rule(camera, number)["fault"]) == (1, None)
    assert PASSWORD not in camera.log
    assert camera.stop() == 0
    kept = b"".join(path.read_bytes() for path in camera.folder.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept
    assert json.dumps(PASSWORD)[1:-1].encode() not in kept
