"""WS-Discovery: who is answered, with what, and that no message does harm."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panocam.discovery import wsdiscovery as ws
from panocam.discovery.announcement import Announcement
from panocam.discovery.wsdiscovery import Match, Probe, Target

PLAIN = Announcement("Hall & <stairs>", "M4328", "ACCC8E010203", 8080, 8443, 8554)
ONVIF = replace(PLAIN, device_service="/onvif/device_service")
HOST = "192.0.2.7"


def asked(types: str = "", scopes: str = "", more: str = "", action: str = "Probe") -> bytes:
    """A probe as clients send it, prefixes of their own included."""
    scope = f"<disco:Scopes{more}>{scopes}</disco:Scopes>" if scopes or more else ""
    return f"""<?xml version="1.0"?><e:Envelope xmlns:e="{ws.SOAP}" xmlns:w="{ws.WSA}" xmlns:disco="{ws.WSD}" xmlns:n="{ws.NETWORK}"
      xmlns:t="{ws.DEVICE}"><e:Header><w:MessageID>uuid:1-2-3</w:MessageID><w:To>{ws.EVERYBODY}</w:To><w:Action>{ws.WSD}/{action}</w:Action>
      </e:Header><e:Body><disco:Probe><disco:Types>{types}</disco:Types>{scope}</disco:Probe></e:Body></e:Envelope>""".encode()


def answer(data: bytes, camera: Announcement = ONVIF) -> Match | None:
    """How a camera's answer to a datagram is read."""
    said = ws.read(data)
    if not isinstance(said, Probe):
        return None
    text = Target(camera, 1).answer(said, HOST)
    if text is None:
        return None
    assert b"<a:RelatesTo>uuid:1-2-3</a:RelatesTo>" in text
    matches = ws.read(text)
    assert isinstance(matches, list)
    assert len(matches) == 1
    return matches[0]


@pytest.mark.feature("GET-01", "TRB-08")
@pytest.mark.parametrize("types", ["", "n:NetworkVideoTransmitter", "t:Device", "n:NetworkVideoTransmitter t:Device"])
def test_a_camera_with_onvif_is_found_by_both_types(types: str) -> None:
    match = answer(asked(types))
    assert match is not None
    assert match.types == {ws.TRANSMITTER, ws.ONVIF_DEVICE}
    assert match.addresses == ("http://192.0.2.7:8080/onvif/device_service",)
    assert (match.scope("name"), match.scope("hardware")) == ("Hall & <stairs> - ACCC8E010203", "M4328")
    assert (match.scope("macaddress"), match.scope("serialnumber")) == ("ACCC8E010203", "ACCC8E010203")


@pytest.mark.parametrize("types", ["n:NetworkVideoDisplay", "t:Device n:Printer", "x:Device", "Device"])
def test_other_types_are_met_with_silence(types: str) -> None:
    assert answer(asked(types)) is None


def test_a_camera_without_onvif_claims_nothing() -> None:
    assert answer(asked("t:Device"), PLAIN) is None
    match = answer(asked(), PLAIN)
    assert match is not None
    assert (match.types, match.addresses) == (frozenset(), ())
    assert match.scope("serialnumber") == "ACCC8E010203"


@pytest.mark.parametrize(
    ("scopes", "more", "answered"),
    [
        ("onvif://www.onvif.org", "", True),
        ("ONVIF://www.ONVIF.org/hardware", "", True),
        ("onvif://www.onvif.org/hardware/M4328/", "", True),
        ("onvif://www.onvif.org/hardware/M43", "", False),
        ("onvif://www.onvif.org/hardware/M4328 onvif://www.onvif.org/name", "", True),
        ("onvif://www.onvif.org/hardware/M4328 onvif://www.onvif.org/location/Rome", "", False),
        ("onvif://www.onvif.org/hardware/M4328", f' MatchBy="{ws.EXACT}"', True),
        ("ONVIF://www.onvif.org/hardware/M4328", f' MatchBy="{ws.EXACT}"', False),
        ("onvif://www.onvif.org/hardware/M4328", ' MatchBy="urn:unknown"', False),
        ("http://[broken", "", False),
    ],
)
def test_scopes_match_by_whole_segments(scopes: str, more: str, answered: bool) -> None:
    assert (answer(asked("", scopes, more)) is not None) is answered


def test_an_endpoint_is_resolved_by_its_name_only() -> None:
    target = Target(ONVIF, 1)
    match = ws.read(target.answer(ws.Resolve("uuid:4", target.endpoint), HOST) or b"")
    assert match is None  # it is no probe match: who resolves knows what it asked
    assert target.answer(ws.Resolve("uuid:4", "urn:uuid:other"), HOST) is None
    assert Target(replace(ONVIF, name="Other"), 2).endpoint == target.endpoint


def test_hello_and_bye_count_their_messages() -> None:
    target = Target(ONVIF, 77)
    texts = [target.hello(HOST).decode(), target.bye().decode()]
    assert [re.findall(r'InstanceId="(\d+)" MessageNumber="(\d+)"', text) for text in texts] == [[("77", "1")], [("77", "2")]]
    hello = ws.read(texts[0].encode())
    assert isinstance(hello, list)
    assert hello[0].addresses == ("http://192.0.2.7:8080/onvif/device_service",)
    assert ws.read(texts[1].encode()) is None


def test_the_version_of_the_facts_changes_with_them() -> None:
    def version(camera: Announcement) -> list[str]:
        return re.findall(r"<d:MetadataVersion>(\d+)<", Target(camera, 1).hello(HOST).decode())

    assert version(ONVIF) == version(ONVIF)
    assert version(ONVIF) != version(replace(ONVIF, name="Stairs"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a/>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        asked(action="Hello"),
        asked().replace(b"<w:MessageID>uuid:1-2-3</w:MessageID>", b""),
        asked() + b"x",
        asked("n:NetworkVideoTransmitter " * 1000),
    ],
)
def test_what_is_no_probe_is_met_with_silence(data: bytes) -> None:
    assert answer(data) is None


words = st.text("abcn:/ <>&;[]{}\"'#?%0éﬀ\x00", max_size=40)


@given(st.binary(max_size=200) | st.builds(asked, words, words, words, words))
def test_any_datagram_is_read_or_left(data: bytes) -> None:
    answer(data)
