"""What stands under ``data`` in the replies of VAPIX's JSON APIs, by the last part of the path and the method.

A type is that type exactly; a dictionary has these members (those with ``?`` may be missing); a list has any number of such items; a tuple
is one of its members; ``...`` as a name is any name.
"""

from __future__ import annotations

from typing import Any

NONE: dict[str, Any] = {}
NAMES = {...: str}
PLACE = (str, [float, int])
STREAM = {
    "id": str,
    "media": str,
    "mime": str,
    "state": str,
    "direction": str,
    "stream_protocol": str,
    "transport_protocol": str,
    "multicast": bool,
    "encrypted?": bool,
    "path?": str,
    "source_address?": str,
    "source_port?": int,
    "destination_address": str,
    "destination_port?": int,
    "user_agent?": str,
    "options": NAMES,
}
AREAS = {"viewAreas": [{"id": int, "source": int, "camera": int, "configurable": bool}]}
OVERLAY = {"camera": int, "identity": int, "position": PLACE, "visible": bool, "zIndex": int, "rotation": float, "scalable?": bool}
TEXT = {
    **OVERLAY,
    "text": str,
    "textLength": int,
    "textColor?": str,
    "textBGColor?": str,
    "textOLColor?": str,
    "fontSize?": int,
    "scrollSpeed?": int,
    "reference": str,
    "indicator?": str,
    "indicatorSize?": int,
    "indicatorColor?": str,
    "indicatorBGColor?": str,
    "indicatorOLColor?": str,
    "indicatorType?": str,
    "textId?": int,
    "size?": PLACE,
}
IMAGE = {**OVERLAY, "overlayPath": str, "reference?": str, "size?": PLACE}
PORT = {
    "port": str,
    "configurable": bool,
    "readonly?": bool,
    "usage": str,
    "name": str,
    "direction": str,
    "state": str,
    "normalState": str,
}
CLOCK = {
    "dateTime": str,
    "localDateTime": str,
    "maxYearSupported": int,
    "posixTimeZone": str,
    "dstEnabled": bool,
    "timeZone?": str,
}
NTP = {
    "enabled": bool,
    "NTSEnabled": bool,
    "serversSource": str,
    "maxSupportedStaticServers": int,
    "staticServers": [str],
    "advertisedServers": [str],
    "staticNTSKEServers": [str],
    "synced": bool,
    "timeOffset?": float,
    "timeToNextSync": int,
    "minpoll": int,
    "maxpoll": int,
}
HOST = {"useDhcpHostname": bool, "hostname": str, "staticHostname": str}
RESOLVER = {
    "useDhcpResolverInfo": bool,
    "nameServers": [str],
    "staticNameServers": [str],
    "maxSupportedStaticNameServers": int,
    "searchDomains": [str],
    "staticSearchDomains": [str],
    "maxSupportedStaticSearchDomains": int,
    "domainName": str,
    "staticDomainName": str,
}
IP = {"address": str, "prefixLength": int, "origin": str, "scope": str, "broadcast?": str}
IPV4 = {
    "enabled": bool,
    "configurationMode": str,
    "linkLocalMode": str,
    "addresses": [IP],
    "maxSupportedStaticAddressConfigurations": int,
    "staticAddressConfigurations": [{...: (str, int)}],
    "defaultRouter": str,
    "staticDefaultRouter": str,
}
DEVICE = {
    "name": str,
    "type": str,
    "macAddress": str,
    "partOfBridge": str,
    "link": bool,
    "state": str,
    "IPv4": IPV4,
    "IPv6": {"enabled": bool, "configurationMode": str, "addresses": [IP]},
}
CAPABILITIES = {
    "minFontSize": int,
    "maxFontSize": int,
    "maxTextLength": int,
    "maxImageWidth": int,
    "maxImageHeight": int,
    "maxImageSize": int,
    "rotationSupported": bool,
    "numAvailableSlots": int,
    "slotsPerOverlay": int,
    "slotsPerTextOverlay": int,
    "slotsPerImageOverlay": int,
    "supportedReferences": [str],
}

SHAPES: dict[tuple[str, str], Any] = {
    ("systemready.cgi", "systemready"): {"systemready": str, "needsetup": str, "uptime": str, "bootid": str, "previewmode?": str},
    ("basicdeviceinfo.cgi", "getAllProperties"): {"propertyList": NAMES},
    ("basicdeviceinfo.cgi", "getAllUnrestrictedProperties"): {"propertyList": NAMES},
    ("basicdeviceinfo.cgi", "getProperties"): {"propertyList": NAMES},
    ("apidiscovery.cgi", "getApiList"): {"apiList": [{"id": str, "version": str, "name": str, "docLink": str, "status": str}]},
    ("streamprofile.cgi", "list"): {"maxProfiles": int, "streamProfile": [{"name": str, "description": str, "parameters": str}]},
    ("streamprofile.cgi", "create"): NONE,
    ("streamprofile.cgi", "update"): NONE,
    ("streamprofile.cgi", "remove"): NONE,
    ("streamstatus.cgi", "getAllStreams"): {"streams": [STREAM]},
    ("info.cgi", "list"): AREAS,
    ("configure.cgi", "setGeometry"): AREAS,
    ("configure.cgi", "resetGeometry"): AREAS,
    ("capturemode.cgi", "getCaptureModes"): [
        {"channel": int, "captureMode": [{"captureModeId": int, "enabled": bool, "maxFPS": int, "description": str}]}
    ],
    ("capturemode.cgi", "setCaptureMode"): NONE,
    ("quadviewsetup.cgi", "getOrder"): {"id": [int]},
    ("quadviewsetup.cgi", "setOrder"): NONE,
    ("quadviewsetup.cgi", "getQuadEyeValue"): {"quadeye": str},
    ("quadviewsetup.cgi", "setQuadEyeValue"): NONE,
    ("dynamicoverlay.cgi", "addText"): {"camera": int, "identity": int},
    ("dynamicoverlay.cgi", "addImage"): {"camera": int, "identity": int},
    ("dynamicoverlay.cgi", "setText"): NONE,
    ("dynamicoverlay.cgi", "setImage"): NONE,
    ("dynamicoverlay.cgi", "remove"): NONE,
    ("dynamicoverlay.cgi", "list"): {"imageFiles": [str], "imageOverlays": [IMAGE], "textOverlays": [TEXT]},
    ("dynamicoverlay.cgi", "getOverlayCapabilities"): CAPABILITIES,
    ("uploadoverlayimage.cgi", "uploadOverlayImage"): {"path": str},
    ("manageoverlayimages.cgi", "list"): {"images": [{...: (str, int, float, bool)}]},
    ("manageoverlayimages.cgi", "delete"): NONE,
    ("manageoverlayimages.cgi", "supportedFormats"): {"formats": [str], "maxSize": int, "maxWidth": int, "maxHeight": int},
    ("overlaymodifiers.cgi", "getOverlayModifiers"): {"groups": {...: [{"mod": str, "index?": bool}]}},
    ("portmanagement.cgi", "getPorts"): {"numberOfPorts": int, "items?": [PORT]},
    ("portmanagement.cgi", "setPorts"): NONE,
    ("portmanagement.cgi", "setStateSequence"): NONE,
    ("firmwaremanagement.cgi", "status"): {
        "activeFirmwareVersion": str,
        "activeFirmwarePart": str,
        "isCommited": bool,
        "isCommitted": bool,
    },
    ("firmwaremanagement.cgi", "reboot"): NONE,
    ("firmwaremanagement.cgi", "factoryDefault"): NONE,
    ("time.cgi", "getDateTimeInfo"): CLOCK,
    ("time.cgi", "getAll"): {**CLOCK, "timeZones": [str]},
    ("time.cgi", "setDateTime"): {"dateTime": str},
    ("time.cgi", "setTimeZone"): {"timeZone": str},
    ("time.cgi", "setPosixTimeZone"): {"posixTimeZone": str, "dstEnabled": bool},
    ("time.cgi", "resetTimeZone"): {"status": str},
    ("ntp.cgi", "getNTPInfo"): {"client": NTP},
    ("ntp.cgi", "setNTPClientConfiguration"): NONE,
    ("network_settings.cgi", "getNetworkInfo"): {"system": {"hostname": HOST, "resolver": RESOLVER}, "devices": [DEVICE]},
    ("network_settings.cgi", "setHostnameConfiguration"): NONE,
    ("network_settings.cgi", "setIPv4AddressConfiguration"): NONE,
}

REFUSED = frozenset(
    {
        "setResolverConfiguration",
        "setIPv6AddressConfiguration",
        "setGlobalProxyConfiguration",
        "setWired8021XConfiguration",
        "addVlan",
        "removeVlan",
    }
)
"""Methods that never succeed: what they would change belongs to the machine."""


def unlike(value: Any, shape: Any, at: str = "data") -> str | None:
    """Where ``value`` is not of ``shape``, if anywhere."""
    if isinstance(shape, tuple):
        faults = [unlike(value, each, at) for each in shape]
        return None if None in faults else faults[0]
    if isinstance(shape, list):
        one = shape[0] if len(shape) == 1 else tuple(shape)
        if not isinstance(value, list):
            return f"{at} is no list"
        return next((fault for n, each in enumerate(value) if (fault := unlike(each, one, f"{at}.{n}"))), None)
    if isinstance(shape, dict):
        return unlike_members(value, shape, at)
    return None if type(value) is shape else f"{at} is {value!r}, not {shape.__name__}"


def unlike_members(value: Any, shape: dict[Any, Any], at: str) -> str | None:
    if not isinstance(value, dict):
        return f"{at} is no object"
    if ... in shape:
        return next((fault for name, each in value.items() if (fault := unlike(each, shape[...], f"{at}.{name}"))), None)
    known = {name.removesuffix("?"): each for name, each in shape.items()}
    needed = {name for name in shape if not name.endswith("?")}
    if extra := value.keys() - known.keys():
        return f"{at} has members that are not declared: {', '.join(sorted(extra))}"
    if absent := needed - value.keys():
        return f"{at} lacks {', '.join(sorted(absent))}"
    return next((fault for name, each in value.items() if (fault := unlike(each, known[name], f"{at}.{name}"))), None)


def fault(path: str, method: object, data: Any) -> str | None:
    """What is wrong with the ``data`` of a success, if anything."""
    if method == "getSupportedVersions":
        return unlike(data, {"apiVersions": [str]})
    shape = SHAPES.get((path.rpartition("/")[2], str(method)))
    return f"no shape is declared for {method}" if shape is None else unlike(data, shape)


def undeclared(row: Any) -> list[str]:
    """Methods of a row whose replies have no declared shape."""
    methods = getattr(row.handler, "methods", {})
    name = row.path.rpartition("/")[2]
    return [f"{row.path} {method} has no declared shape" for method in methods if (name, method) not in SHAPES and method not in REFUSED]
