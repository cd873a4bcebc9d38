"""The UPnP description of a camera: the XML document behind ``LOCATION``, written by cameras and read by ``panocam discover``."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from panocam.discovery.announcement import Announcement
from panocam.discovery.ssdp import BASIC, UpnpDevice
from panocam.errors import RemoteProtocolError
from panocam.events.metadata import clean
from panocam.markup import parse

DEVICE = "urn:schemas-upnp-org:device-1-0"
OURS = "urn:panocam:device-1-0"
"""Elements of our own, which the standard allows at the end."""

MAKER = "AXIS"
"""Clients of this camera family take up only devices whose description names the family so; it says whose interface is spoken here."""


@dataclass(frozen=True)
class Description:
    """What a description says. ``needs_setup`` is None where it does not say."""

    maker: str
    title: str
    model: str
    serial: str
    page: str
    needs_setup: bool | None


def write(announcement: Announcement, page: str) -> bytes:
    """The document; ``page`` is the address of the web page as the reader reaches it."""
    root = Element("root", {"xmlns": DEVICE, "xmlns:pano": OURS})
    version = SubElement(root, "specVersion")
    SubElement(version, "major").text, SubElement(version, "minor").text = "1", "0"
    device = SubElement(root, "device")
    rows = {
        "deviceType": BASIC,
        "friendlyName": announcement.title,
        "manufacturer": MAKER,
        "modelDescription": f"panocam {announcement.model} panoramic camera, software",
        "modelName": f"{MAKER} {announcement.model}",
        "modelNumber": announcement.model,
        "serialNumber": announcement.serial,
        "UDN": UpnpDevice(announcement.serial).udn,
        "presentationURL": page,
        "pano:needsetup": "yes" if announcement.needs_setup else "no",
    }
    for name, value in rows.items():
        SubElement(device, name).text = clean(value)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def read(data: bytes) -> Description:
    """Raises RemoteProtocolError for what is no description of a device."""
    device = parse(data).find(f"{{{DEVICE}}}device")
    if device is None:
        raise RemoteProtocolError("the document describes no device")

    def text(name: str, namespace: str = DEVICE) -> str:
        return (device.findtext(f"{{{namespace}}}{name}") or "").strip()

    return Description(
        maker=text("manufacturer"),
        title=text("friendlyName"),
        model=text("modelNumber") or text("modelName"),
        serial=text("serialNumber").upper(),
        page=text("presentationURL"),
        needs_setup={"yes": True, "no": False}.get(text("needsetup", OURS)),
    )
