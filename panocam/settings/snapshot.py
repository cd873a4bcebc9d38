"""All settings as one immutable value, and the rules that tie several of them together.

A new section is one field of ``Snapshot``; a rule across sections is one row of ``RULES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import SecretStr, ValidationError

from panocam.errors import InvalidValue
from panocam.settings.actions import Actions
from panocam.settings.addressing import Addressing, interface, router_of
from panocam.settings.declare import Declared, Flat, Section, declared, flatten, unflatten
from panocam.settings.discovery import Discovery
from panocam.settings.exposure import ExposureSettings
from panocam.settings.image import Image
from panocam.settings.location import Location
from panocam.settings.motion import Motion
from panocam.settings.overlays import Overlays
from panocam.settings.picture import Area, Installation, Source, Stream, View, area_rows, view_rows
from panocam.settings.ports import Ports
from panocam.settings.privacy import Privacy
from panocam.settings.profiles import Profiles
from panocam.settings.ptz import HOME, Ptz
from panocam.settings.recipients import Recipients
from panocam.settings.role import Role
from panocam.settings.rules import Rules
from panocam.settings.schedules import Schedules
from panocam.settings.signing import KeyPlace, SignedVideo
from panocam.settings.storage import Storage
from panocam.settings.system import Access, Device, HttpPolicy, Network
from panocam.settings.tampering import Tampering
from panocam.settings.timekeeping import Time, TimeSource
from panocam.settings.tls import Tls


class Snapshot(Section):
    """Every setting of the camera at one moment."""

    device: Device = Device()
    source: Source = Source()
    installation: Installation = Installation()
    exposure: ExposureSettings = ExposureSettings()
    image: Image = Image()
    stream: Stream = Stream()
    profiles: Profiles = Profiles()
    views: tuple[View, ...] = view_rows()
    areas: tuple[Area, ...] = area_rows()
    ptz: Ptz = Ptz()
    signing: SignedVideo = SignedVideo()
    overlays: Overlays = Overlays()
    privacy: Privacy = Privacy()
    motion: Motion = Motion()
    tampering: Tampering = Tampering()
    network: Network = Network()
    discovery: Discovery = Discovery()
    access: Access = Access()
    tls: Tls = Tls()
    storage: Storage = Storage()
    ports: Ports = Ports()
    time: Time = Time()
    addressing: Addressing = Addressing()
    location: Location = Location()
    schedules: Schedules = Schedules()
    actions: Actions = Actions()
    recipients: Recipients = Recipients()
    rules: Rules = Rules()

    def flat(self) -> Flat:
        """Path to value; secrets stay wrapped."""
        return flatten(self.model_dump(), PATHS)

    def flat_json(self) -> Flat:
        """Path to JSON value; secrets are asterisks."""
        return flatten(self.model_dump(mode="json"), PATHS)


DECLARED: Mapping[str, Declared] = {row.path: row for row in declared(Snapshot)}
"""Every setting's declaration by path."""

PATHS = tuple(DECLARED)
SECTIONS = tuple(Snapshot.model_fields)


def _ports_differ(new: Snapshot) -> InvalidValue | None:
    seen: dict[int, str] = {}
    for name in ("http_port", "https_port", "rtsp_port", "rtsps_port"):
        port = getattr(new.network, name)
        if port and port in seen:
            return InvalidValue(f"network.{name}", port, f"is already network.{seen[port]}; choose another, or 0 for any free port")
        seen[port] = name
    return None


def _rtp_range_is_one(new: Snapshot) -> InvalidValue | None:
    first, last = new.network.rtp_port_first, new.network.rtp_port_last
    if last <= first:
        return InvalidValue("network.rtp_port_last", last, f"must be greater than network.rtp_port_first ({first})")
    return None


def _a_view_remains(new: Snapshot) -> InvalidValue | None:
    if not any(view.enabled for view in new.views):
        return InvalidValue("views.0.enabled", False, "at least one view must stay enabled")
    if new.installation.capture_mode == "overview" and not new.views[0].enabled:
        return InvalidValue("installation.capture_mode", "overview", "leaves the overview alone, which is switched off: enable it first")
    return None


def _a_token_is_named(new: Snapshot) -> InvalidValue | None:
    signing = new.signing
    if signing.key_store is KeyPlace.PKCS11 and not (signing.pkcs11_module and signing.pkcs11_token):
        return InvalidValue("signing.key_store", "pkcs11", "name the token's library and label too (signing.pkcs11_module, pkcs11_token)")
    return None


def _every_role_gets_in(new: Snapshot) -> InvalidValue | None:
    ports = new.network.http_policy
    for role in Role:
        wanted = new.access.policy(role)
        if HttpPolicy.BOTH not in (ports, wanted) and wanted is not ports:
            return InvalidValue(
                f"access.{role}_policy", str(wanted), f"lets no {role} in while network.http_policy is {ports}; use {ports}"
            )
    return None


def _somebody_tells_the_time(new: Snapshot) -> InvalidValue | None:
    time = new.time
    if time.source is TimeSource.NTP and not time.ntp_servers:
        return InvalidValue("time.source", "ntp", "name at least one NTP server too (time.ntp_servers)")
    if time.ntp_maxpoll < time.ntp_minpoll:
        return InvalidValue("time.ntp_maxpoll", time.ntp_maxpoll, f"must not be less than time.ntp_minpoll ({time.ntp_minpoll})")
    return None


def _a_position_is_whole(new: Snapshot) -> InvalidValue | None:
    location = new.location
    if bool(location.latitude) != bool(location.longitude):
        missing = "longitude" if location.latitude else "latitude"
        return InvalidValue(f"location.{missing}", "", "give latitude and longitude together, or neither")
    return None


def _the_router_is_near(new: Snapshot) -> InvalidValue | None:
    addressing = new.addressing
    if addressing.router:
        try:
            router_of(addressing.router, interface(addressing.ipv4))
        except ValueError as fault:
            return InvalidValue("addressing.router", addressing.router, str(fault))
    return None


def _gatekeepers_find_their_places(new: Snapshot) -> InvalidValue | None:
    areas = {area.id for area in new.motion.areas}
    presets = {(preset.area, preset.number) for preset in new.ptz.presets}
    for number, keeper in enumerate(new.ptz.gatekeepers, 1):
        path = f"ptz.gatekeepers.{number - 1}"
        off = f"choose another, or switch the gatekeeper of view area {number} off first"
        if not keeper.enabled:
            continue
        if keeper.motion_area is None:
            return InvalidValue(f"{path}.motion_area", None, f"say which motion area the gatekeeper of view area {number} watches")
        if keeper.motion_area not in areas:
            return InvalidValue(f"{path}.motion_area", keeper.motion_area, f"there is no such motion area; {off}")
        if keeper.preset != HOME and (number, keeper.preset) not in presets:
            return InvalidValue(f"{path}.preset", keeper.preset, f"view area {number} has no such preset position; {off}")
    return None


def _exposure_has_room(new: Snapshot) -> InvalidValue | None:
    asked = new.exposure
    if asked.min_shutter.seconds > asked.max_shutter.seconds:
        return InvalidValue(
            "exposure.min_shutter", str(asked.min_shutter), f"must not be longer than exposure.max_shutter ({asked.max_shutter})"
        )
    if asked.min_gain > asked.max_gain:
        return InvalidValue("exposure.min_gain", asked.min_gain, f"must not be more than exposure.max_gain ({asked.max_gain:g})")
    return None


RULES: tuple[Callable[[Snapshot], InvalidValue | None], ...] = (
    _ports_differ,
    _rtp_range_is_one,
    _a_view_remains,
    _a_token_is_named,
    _every_role_gets_in,
    _somebody_tells_the_time,
    _a_position_is_whole,
    _the_router_is_near,
    _gatekeepers_find_their_places,
    _exposure_has_room,
)


def with_consequences(old: Snapshot, changes: Mapping[str, object]) -> dict[str, object]:
    """``changes`` and what follows from them: an account at one source is never shown to another one, and an exposure mode for one
    mains frequency becomes that for the other."""
    consequences: dict[str, object] = {}
    uri = changes.get("source.uri")
    if uri not in (None, old.source.uri) and not any(path in changes for path in ("source.username", "source.password")):
        consequences |= {"source.username": "", "source.password": ""}
    line = changes.get("installation.power_line")
    if str(line) in ("50", "60") and line != old.installation.power_line and "exposure.mode" not in changes:
        consequences["exposure.mode"] = old.exposure.mode.at(int(str(line)))
    return {**changes, **consequences}


def build(flat: Mapping[str, object]) -> Snapshot:
    """A wholly checked snapshot from path-to-value pairs; what is not named takes its default. Raises InvalidValue for the first fault."""
    new = parse(flat)
    for rule in RULES:
        broken = rule(new)
        if broken is not None:
            raise broken
    return new


def parse(flat: Mapping[str, object]) -> Snapshot:
    """Like ``build``, but each value is checked for itself only; the rules that tie values together are left out."""
    for path in flat:
        if path not in DECLARED:
            raise InvalidValue(path, show(path, flat[path]), "is not a setting" + _resembling(path))
        expects = DECLARED[path].expects
        if isinstance(flat[path], bool) and "number" in expects:  # true would count as 1
            raise InvalidValue(path, flat[path], f"should be {expects}")
    try:
        return Snapshot.model_validate(unflatten(_with_whole_rows(flat)))
    except ValidationError as fault:
        raise _translate(fault, flat) from None


def show(path: str, value: object) -> object:
    """``value`` as it may appear in messages and logs."""
    row = DECLARED.get(path)
    if isinstance(value, SecretStr) or (row is not None and row.secret):
        return "********"
    return re.sub(r"//[^/@]*@", "//********@", value) if isinstance(value, str) else value


_DEFAULT_FLAT = Snapshot().flat()
_IN_ROWS = {path: value for path, value in _DEFAULT_FLAT.items() if any(part.isdigit() for part in path.split("."))}


def _with_whole_rows(flat: Mapping[str, object]) -> dict[str, object]:
    """Rows are validated as whole lists, so the defaults of their unnamed leaves are filled in."""
    return {**_IN_ROWS, **flat}


def _translate(fault: ValidationError, flat: Mapping[str, object]) -> InvalidValue:
    error = fault.errors(include_url=False, include_context=False)[0]
    path = _deepest_declared([str(part) for part in error["loc"]])
    message = str(error["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    wrong_kind = error["type"].split("_")[0] in ("int", "float", "bool", "finite") or error["type"] == "string_type"
    if wrong_kind and (expects := _expects(path, error["loc"])):
        message = f"should be {expects}"
    if error["type"] in ("string_pattern_mismatch", "missing", "tuple_type", "model_type") and path in DECLARED:
        message = f"does not fit; {DECLARED[path].description}"
    value: Any = flat.get(path, _DEFAULT_FLAT.get(path, ""))
    return InvalidValue(path, show(path, value), message)


def _expects(path: str, place: tuple[int | str, ...]) -> str:
    """What the leaf takes, if it is the leaf itself that is at fault and not a part of it."""
    return DECLARED[path].expects if path in DECLARED and len(place) == path.count(".") + 1 else ""


def _deepest_declared(parts: list[str]) -> str:
    for length in range(len(parts), 0, -1):
        path = ".".join(parts[:length])
        if path in DECLARED:
            return path
    return ".".join(parts)


def _resembling(path: str) -> str:
    section = path.split(".", 1)[0]
    if section not in SECTIONS:
        return f"; the sections are {', '.join(SECTIONS)}"
    names = [row.path for row in DECLARED.values() if row.section == section]
    return f"; {section} has {', '.join(name.removeprefix(section + '.') for name in names[:12])}"
