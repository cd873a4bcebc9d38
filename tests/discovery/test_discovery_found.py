"""Sightings of one camera become one row."""

from __future__ import annotations

from panocam.discovery import wsdiscovery
from panocam.discovery.finder import _camera
from panocam.discovery.found import Found, merged


def test_sightings_are_merged_by_serial_number() -> None:
    mdns = Found("Hall", "M4328", "ACCC8E010203", "http://192.0.2.7:80/", None, ("mDNS",))
    upnp = Found("Hall UPnP", "M4328", "ACCC8E010203", "http://192.0.2.7/", True, ("SSDP",))
    other = Found("attic", "", "", "http://192.0.2.8/", None, ("WS-Discovery",))
    assert merged([mdns, other, upnp]) == [
        other,
        Found("Hall", "M4328", "ACCC8E010203", "http://192.0.2.7:80/", True, ("mDNS", "SSDP")),
    ]


def test_a_camera_of_another_make_is_found_by_its_scopes() -> None:
    scopes = (
        "onvif://www.onvif.org/name/Dome%20cam",
        "onvif://www.onvif.org/hardware/D1-566",
        "onvif://www.onvif.org/MAC/00:11:22:33:44:55",
    )
    match = wsdiscovery.Match("urn:uuid:1", frozenset(), scopes, ("http://192.0.2.9/onvif/device_service", "http://[::1]/x"))
    assert _camera(match) == Found("Dome cam", "D1-566", "001122334455", "http://192.0.2.9/", None, ("WS-Discovery",))


def test_a_printer_is_no_camera() -> None:
    assert _camera(wsdiscovery.Match("urn:uuid:2", frozenset(), ("http://printers/",), ("http://192.0.2.10/",))) is None
