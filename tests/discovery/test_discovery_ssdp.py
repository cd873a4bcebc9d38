"""SSDP: what is asked and what is answered, text by text, and that no datagram does harm."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.discovery import description, ssdp
from panocam.discovery.announcement import Announcement
from panocam.discovery.ssdp import Search, Sighting, UpnpDevice
from panocam.errors import RemoteProtocolError

DEVICE = UpnpDevice("ACCC8E010203")
WHERE = "http://192.0.2.7:8080/rootdesc1.xml"
CAMERA = Announcement("Hall & <stairs>", "M4328", "ACCC8E010203", 8080, 0, 0, needs_setup=True)


def test_a_search_is_read_back() -> None:
    assert ssdp.read(ssdp.search(ssdp.BASIC, 3)) == Search(ssdp.BASIC, 3)


@pytest.mark.feature("GET-01")
@pytest.mark.parametrize(("target", "count"), [("ssdp:all", 3), (ssdp.ROOT, 1), (ssdp.BASIC, 1), (DEVICE.udn, 1), ("urn:other", 0)])
def test_a_search_is_answered_for_what_the_camera_is(target: str, count: int) -> None:
    answers = list(DEVICE.answers(Search(target, 1), WHERE))
    assert len(answers) == count
    for answer in answers:
        text = answer.decode()
        assert text.startswith("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\n")
        assert text.endswith("\r\n\r\n")
        assert ssdp.read(answer) == Sighting(DEVICE.udn, WHERE)
    if count == 1:
        assert f"\r\nST: {target}\r\n" in answers[0].decode()


def test_alive_and_goodbye_name_the_same_things() -> None:
    alive, gone = ([ssdp.read(text) for text in texts] for texts in (DEVICE.alive(WHERE), DEVICE.goodbye()))
    assert alive == [Sighting(DEVICE.udn, WHERE)] * 3
    assert gone == [Sighting(DEVICE.udn, "", gone=True)] * 3
    assert Sighting(DEVICE.udn, WHERE).serial == "ACCC8E010203"


@pytest.mark.parametrize(
    "text",
    [
        "M-SEARCH * HTTP/1.1\r\nHOST: x\r\nST: ssdp:all\r\n\r\n",  # without MAN it is no search
        'M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\n\r\n',
        'M-SEARCH / HTTP/1.1\r\nMAN: "ssdp:discover"\r\nST: ssdp:all\r\n\r\n',
        "GET / HTTP/1.1\r\n\r\n",
        "",
    ],
)
def test_what_is_no_search_is_not_answered(text: str) -> None:
    assert ssdp.read(text.encode()) is None


@pytest.mark.parametrize(("given", "taken"), [("120", 5), ("-1", 1), ("x", 1), ("", 1), ("9" * 400, 1), ("0", 0)])
def test_the_delay_is_bounded(given: str, taken: int) -> None:
    text = f'M-SEARCH * HTTP/1.1\r\nMan: "ssdp:discover"\r\nmx: {given}\r\nst:ssdp:all\r\n\r\n'
    assert ssdp.read(text.encode()) == Search("ssdp:all", taken)


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"NOTIFY * HTTP/1.1\r\nUSN: {text}\r\n\r\n".encode()))
def test_any_datagram_is_read_or_left(data: bytes) -> None:
    said = ssdp.read(data)
    if isinstance(said, Search):
        assert len(list(DEVICE.answers(said, WHERE))) <= 3


def test_the_description_says_what_home_assistant_reads() -> None:
    read = description.read(description.write(CAMERA, "http://192.0.2.7:8080/"))
    assert (read.maker, read.model, read.serial) == ("AXIS", "M4328", "ACCC8E010203")
    assert (read.title, read.page, read.needs_setup) == ("Hall & <stairs> - ACCC8E010203", "http://192.0.2.7:8080/", True)


@pytest.mark.parametrize("text", ["", "<a/>", "<!DOCTYPE root [<!ENTITY a 'b'>]><root/>", "<a>" * 99, "\x00"])
def test_what_is_no_description_is_told(text: str) -> None:
    with pytest.raises(RemoteProtocolError):
        description.read(text.encode())
