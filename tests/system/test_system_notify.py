"""A running camera sends: mail, requests, text and pictures, to servers that take them, hang, or are gone."""

from __future__ import annotations

import json
import queue
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
import simplejpeg
from mail_kit import PASSWORD, USER, Authority, mail_server
from system_camera import RunningCamera, until
from test_system_privacy import MASK
from test_system_ptz import send
from test_system_rules import add, drive, rule, when

MAIL = {"kind": "email", "to": ["guard@example.com"], "sender": "cam@example.com", "server": "127.0.0.1", "encryption": "none"}


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class HookServer:
    """A web server that takes everything."""

    def __init__(self) -> None:
        self.took: queue.Queue[Asked] = queue.Queue()
        took = self.took

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                took.put(Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
                self.end_headers()

            do_PUT = do_POST

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
        self.port = self._server.server_port

    def __enter__(self) -> HookServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


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
        camera.kill()
        camera.start()
        assert send(camera, "POST", f"recipients/{guard}/test")["works"]  # the password outlives a power cut
        assert server.next().user == USER
    assert PASSWORD not in camera.log
    assert camera.stop() == 0
    kept = b"".join(path.read_bytes() for path in camera.folder.rglob("*") if path.is_file())
    assert PASSWORD.encode() not in kept
    assert json.dumps(PASSWORD)[1:-1].encode() not in kept


class Sink:
    """A TCP server whose connections are what it took; while it is ``hung`` it takes them and says nothing."""

    def __init__(self, greeting: bytes = b"") -> None:
        self.took: queue.Queue[bytes] = queue.Queue()
        self.open: list[socket.socket] = []
        self._greeting = greeting
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                found, _ = self._listening.accept()
                self.open.append(found)
                threading.Thread(target=self._take, args=(found,), daemon=True).start()

    def _take(self, found: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            if self._greeting:
                found.sendall(self._greeting)
            while part := found.recv(65536):
                data += part
            found.close()
        self.took.put(data)

    def close(self) -> None:
        self._listening.close()
        for each in self.open:
            each.close()


@pytest.fixture
def sink() -> Iterator[Sink]:
    made = Sink()
    yield made
    made.close()


def test_requests_and_text_go_out_with_their_modifiers(sending: RunningCamera, sink: Sink, tmp_path: Path) -> None:
    camera = sending
    horn = recipient(camera, kind="tcp", name="Horn", host="127.0.0.1", port=sink.port)
    add(camera, "notify_tcp.fixed", parameters={"recipient": horn, "text": "on %Y#n\n"})
    again = add(camera, "notify_tcp.active", [when(2)], {"recipient": horn, "text": "%s", "period": 1})
    drive(camera, True)
    assert re.fullmatch(rb"on \d{4}[^#]+\n", sink.took.get(timeout=20))
    drive(camera, True, 2)
    first, second, third = (int(sink.took.get(timeout=20)) for _ in range(3))
    assert first < second < third
    drive(camera, False, 2)
    assert rule(camera, again)["fault"] is None

    with HookServer() as hook:
        there = recipient(camera, kind="http", name="Hook", url=f"http://127.0.0.1:{hook.port}/notify?a=b")
        body = json.dumps({"camera": "#m", "pan": "#x", "who": 'a"b'})
        values = {"recipient": there, "method": "PUT", "arguments": "day=%F %T&x=#x", "headers": "X-Camera: #m", "text": body, "view": 4}
        add(camera, "notify_http.fixed", [when(3)], values)
        drive(camera, True, 3)
        took = hook.took.get(timeout=20)
    query = dict(parse_qsl(urlsplit(took.path).query))
    assert (took.method, query["a"]) == ("PUT", "b")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", query["day"])
    said = json.loads(took.body)
    assert (said["camera"], said["pan"], said["who"]) == (took.headers["x-camera"], query["x"], 'a"b')
    assert took.headers["content-type"] == "application/json"


def test_a_picture_goes_out_masked_and_named(sending: RunningCamera) -> None:
    camera = sending
    with HookServer() as hook, mail_server() as server:
        there = recipient(camera, kind="http", name="Hook", url=f"http://127.0.0.1:{hook.port}/")
        guard = recipient(camera, **MAIL, name="Guard", port=server.port)
        values = {"recipient": there, "view": 4, "file": "../yard %F/1"}
        add(camera, "images_http.fixed", parameters=values)
        add(
            camera,
            "images_email.fixed",
            [when(2)],
            {"recipient": guard, "view": 4, "file": "yard-%Y.jpg", "subject": "", "text": "See"},
            name="Look",
        )
        drive(camera, True)
        plain = hook.took.get(timeout=20)
        assert plain.headers["content-type"] == "image/jpeg"
        assert re.fullmatch(r'attachment; filename="-yard \d{4}-\d\d-\d\d-1\.jpg"', plain.headers["content-disposition"])
        before = simplejpeg.decode_jpeg(plain.body).astype(int)
        camera.change(privacy__masks=MASK)
        drive(camera, False)
        drive(camera, True)
        after = simplejpeg.decode_jpeg(hook.took.get(timeout=20).body).astype(int)
        drive(camera, True, 2)
        message = server.next().message
    assert before.shape == after.shape
    assert np.abs(before - after).mean() > 10
    assert message["Subject"] == "Look"
    [attachment] = message.iter_attachments()
    assert attachment.get_filename() == time.strftime("yard-%Y.jpg")
    mailed = simplejpeg.decode_jpeg(attachment.get_content()).astype(int)
    assert np.abs(mailed - after).mean() < 3


def test_one_that_hangs_delays_nobody_and_a_power_cut_while_sending_harms_nothing(sending: RunningCamera, sink: Sink) -> None:
    camera = sending
    with mail_server() as server:
        stuck = recipient(camera, **MAIL, name="Stuck", port=sink.port)
        guard = recipient(camera, **MAIL, name="Guard", port=server.port)
        add(camera, "notify_email.fixed", parameters={"recipient": stuck, "subject": "stuck"})
        add(camera, "notify_email.fixed", parameters={"recipient": guard, "subject": "through"})
        for _ in range(3):
            drive(camera, True)
            assert server.next().message["Subject"] == "through"
            drive(camera, False)
        assert camera.image(5, resolution="320x240").shape == (240, 320, 3)
        assert standing(camera, stuck)["waiting"] == 3
        assert len(sink.open) == 1
        camera.kill()
        camera.start()
        assert [standing(camera, each)["waiting"] for each in (stuck, guard)] == [0, 0]
        drive(camera, True)
        assert server.next().message["Subject"] == "through"
    assert camera.stop() == 0


def test_what_fails_is_told_once_and_goes_out_in_the_end(sending: RunningCamera) -> None:
    camera = sending
    with mail_server(later=1) as server:
        guard = recipient(camera, **MAIL, name="Guard", port=server.port)
        number = add(camera, "notify_email.fixed", parameters={"recipient": guard, "subject": "late"})
        drive(camera, True)
        until(lambda: rule(camera, number)["fault"])
        words = f"message: 127.0.0.1:{server.port}: refused: 451 4.7.1 greylisted, come again; it is tried again"
        assert rule(camera, number)["fault"] == words
        failed = camera.events("Device/SystemMessage/ActionFailed")
        assert [event["data"]["description"] for event in failed] == [words]
        assert send(camera, "POST", f"recipients/{guard}/test")["works"]  # whoever tests does not wait
        subjects = {server.next().message["Subject"] for _ in range(2)}
        assert subjects == {"late", "Test of the recipient Guard"}
        until(lambda: rule(camera, number)["fault"] is None)
        assert standing(camera, guard)["fault"] is None
