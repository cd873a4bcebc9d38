"""Recipients as VAPIX names them, and the actions that send. There an action says its recipient anew; here that is one of the list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from panocam.api.endpoint import Call
from panocam.api.services import Services, recipients_of
from panocam.api.vapix.template import NUMBER, TEXT, Read, Tell, Template, Texts, Values, number
from panocam.errors import InvalidValue
from panocam.events.rules import webform
from panocam.events.topics import Value
from panocam.notify.desk import Row
from panocam.notify.sender import Passwords
from panocam.settings.recipients import Email, Encryption, Http, Tcp

RECIPIENT, FIXED, UNLIMITED = "com.axis.recipient.", "com.axis.action.fixed.", "com.axis.action.unlimited."
ENCRYPTIONS: Mapping[str, Encryption] = {"none": Encryption.NONE, "ssl": Encryption.SSL, "tls": Encryption.STARTTLS}
_WEB = ("upload_url", "login", "password", "proxy_host", "proxy_port", "proxy_login", "proxy_password", "qos")
_POP = ("pop_host", "pop_port", "pop_login", "pop_password")
_MAIL = ("email_to", "email_from", "host", "port", "login", "password", *_POP, "qos", "encryption", "validate_server_cert")
NUMBERS = frozenset({"port", "proxy_port", "pop_port", "qos", "period", "pre_duration", "post_duration", "max_images"})


@dataclass(frozen=True)
class RecipientTemplate:
    """``read`` makes the fields of a recipient, ``tell`` is the inverse, None for one of another template. No password is ever told."""

    token: str
    names: tuple[str, ...]
    read: Callable[[Texts], dict[str, Any]]
    tell: Callable[[Row], dict[str, str] | None]


def _typed(*names: str) -> dict[str, str]:
    return {name: NUMBER if name in NUMBERS else TEXT for name in names}


def _plain(given: Texts) -> None:
    """Raises InvalidValue for what this camera does not do."""
    for name in ("qos", *_POP):
        if given.get(name, "").strip() not in ("", "0"):
            raise InvalidValue(name, given[name] if "password" not in name else "…", "this camera does not do that; leave it empty")


def _switch(given: Texts, name: str) -> bool:
    if given.get(name, "").strip() not in ("", "0", "1"):
        raise InvalidValue(name, given[name], "give 1 or 0")
    return given.get(name, "").strip() != "0"


def _read_web(secure: bool) -> Callable[[Texts], dict[str, Any]]:
    def read(given: Texts) -> dict[str, Any]:
        _plain(given)
        scheme = "https://" if secure else "http://"
        if not given["upload_url"].strip().lower().startswith(scheme):
            raise InvalidValue("upload_url", given["upload_url"].rpartition("@")[2], f"give an address that begins with {scheme}")
        proxy = {"proxy": given["proxy_host"], "proxy_port": number(given, "proxy_port", 8080), "proxy_user": given["proxy_login"]}
        checked = _switch(given, "validate_server_cert") if secure else True
        return {"kind": "http", "url": given["upload_url"], "user": given["login"], "validate_certificate": checked, **proxy}

    return read


def _tell_web(secure: bool) -> Callable[[Row], dict[str, str] | None]:
    def tell(row: Row) -> dict[str, str] | None:
        if not isinstance(row, Http) or row.secure is not secure:
            return None
        port = str(row.proxy_port) if row.proxy else ""
        told = dict(zip(_WEB, (row.url, row.user, "", row.proxy, port, row.proxy_user, "", "0"), strict=True))
        return {**told, "validate_server_cert": str(int(row.validate_certificate))} if secure else told

    return tell


def _read_mail(given: Texts) -> dict[str, Any]:
    _plain(given)
    how = given["encryption"].strip().lower() or "none"
    if how not in ENCRYPTIONS:
        raise InvalidValue("encryption", given["encryption"], f"use one of {', '.join(ENCRYPTIONS)}")
    to = [part for part in given["email_to"].replace(";", ",").split(",") if part.strip()]
    server = {"server": given["host"], "port": number(given, "port", 25), "encryption": ENCRYPTIONS[how]}
    checked = _switch(given, "validate_server_cert")
    return {"kind": "email", "to": to, "sender": given["email_from"], "user": given["login"], "validate_certificate": checked, **server}


def _tell_mail(row: Row) -> dict[str, str] | None:
    if not isinstance(row, Email):
        return None
    how = next(word for word, each in ENCRYPTIONS.items() if each is row.encryption)
    checked = str(int(row.validate_certificate))
    told = (",".join(row.to), row.sender, row.server, str(row.port), row.user, "", *[""] * len(_POP), "0", how, checked)
    return dict(zip(_MAIL, told, strict=True))


def _read_tcp(given: Texts) -> dict[str, Any]:
    _plain(given)
    return {"kind": "tcp", "host": given["host"], "port": number(given, "port")}


def _tell_tcp(row: Row) -> dict[str, str] | None:
    return {"host": row.host, "port": str(row.port), "qos": "0"} if isinstance(row, Tcp) else None


TEMPLATES: Mapping[str, RecipientTemplate] = {
    row.token: row
    for row in (
        RecipientTemplate(RECIPIENT + "http", _WEB, _read_web(False), _tell_web(False)),
        RecipientTemplate(RECIPIENT + "https", (*_WEB, "validate_server_cert"), _read_web(True), _tell_web(True)),
        RecipientTemplate(RECIPIENT + "smtp", _MAIL, _read_mail, _tell_mail),
        RecipientTemplate(RECIPIENT + "tcp", ("host", "port", "qos"), _read_tcp, _tell_tcp),
    )
}


def template_of(token: str) -> Template | None:
    """The template of a recipient as one of parameters that must all be given."""
    row = TEMPLATES.get(token)
    return None if row is None else Template(token, "", _typed(*row.names), lambda services, given: {}, lambda services, values: None)


def tell_recipient(row: Row) -> tuple[str, dict[str, str]]:
    """Token and parameters of a recipient."""
    return next((token, told) for token, each in TEMPLATES.items() if (told := each.tell(row)) is not None)


async def add_recipient(call: Call[None], token: str, name: str, given: Texts) -> int:
    """One more in the list. Raises InvalidValue; as the store does."""
    desk = recipients_of(call.services)
    taken = {row.name for row in desk.rows}
    wanted = name.strip()[:60]
    names = (wanted, *(f"{wanted} {count}" for count in range(2, 30)))
    free = next(each for each in names if each not in taken) if wanted else ""
    passwords = Passwords(given.get("password", ""), given.get("proxy_password", ""))
    return (await desk.add({**TEMPLATES[token].read(given), "name": free}, passwords, call.caller)).id


async def the_recipient(call: Call[None], token: str, name: str, given: Texts) -> int:
    """The one of the list that is what an action says, or a new one. Raises as ``add_recipient``."""
    desk = recipients_of(call.services)
    wanted, _ = desk.trial(TEMPLATES[token].read(given), "", "", None)
    passwords = Passwords(given.get("password", ""), given.get("proxy_password", ""))
    same = {"id", "name"}
    for row in desk.rows:
        if row.model_dump(exclude=same) == wanted.model_dump(exclude=same) and desk.passwords(row) == passwords:
            return row.id
    return await add_recipient(call, token, name, given)


# --- actions


def _words(text: str) -> str:
    """Clients write the signs of modifiers percent-encoded, or not."""
    return text.replace("%25", "%").replace("%23", "#")


def _arguments(message: str, parameters: str) -> str:
    """As ``webform.arguments`` reads them."""
    pairs = [("Message", message)] if message else []
    for part in parameters.split("&") if parameters.strip() else ():
        name, _, value = part.partition("=")
        pairs.append((unquote(name), unquote(value)))
    return "&".join(f"{name}={value.replace('&', '%26')}" for name, value in pairs)


def _read_notify(kind: str) -> Read:
    def read(_services: Services, given: Texts) -> dict[str, Value]:
        to: dict[str, Value] = {"recipient": number(given, "recipient")}
        if kind == "smtp":
            return {**to, "subject": _words(given["subject"]), "text": _words(given["message"])}
        if kind == "tcp":
            return {**to, "text": _words(given["message"]), **({"period": number(given, "period")} if "period" in given else {})}
        arguments = _arguments(_words(given["message"]), given["parameters"])
        method = given["method"].strip().upper() or "GET"
        return {**to, "method": method, "arguments": arguments, "headers": _words(given["http_headers"]), "text": _words(given["body"])}

    return read


def _tell_notify(kind: str) -> Tell:
    def tell(services: Services, values: Values) -> dict[str, str] | None:
        if (told := _told(services, kind, values)) is None or values["view"]:
            return None
        text = str(values["text"])
        if kind == "smtp":
            return {"subject": str(values["subject"]), "message": text, **told}
        if kind == "tcp":
            return {"message": text, **({"period": str(values["period"])} if "period" in values else {}), **told}
        message, parameters = _told_arguments(values)
        web = {"method": str(values["method"]), "http_headers": str(values["headers"]), "body": text}
        return {"message": message, "parameters": parameters, **web, **told}

    return tell


def _told_arguments(values: Values) -> tuple[str, str]:
    pairs = list(webform.arguments(str(values["arguments"])))
    message = pairs.pop(0)[1] if pairs and pairs[0][0] == "Message" else ""
    return message, "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)


def _read_images(kind: str) -> Read:
    def read(_services: Services, given: Texts) -> dict[str, Value]:
        if number(given, "max_images") != 1 and (number(given, "pre_duration") or number(given, "post_duration")):
            remedy = "this camera sends one picture, of the moment itself: give 1, or durations of 0"
            raise InvalidValue("max_images", given["max_images"], remedy)
        if given["create_folder"].strip():
            raise InvalidValue("create_folder", given["create_folder"], "there are no folders at such a recipient; leave it empty")
        options = dict(parse_qsl(unquote(given["stream_options"]), keep_blank_values=True))
        unfit = next((name for name in options if name not in ("camera", "streamprofile")), None)
        if unfit is not None:
            raise InvalidValue("stream_options", unfit, "say camera and streamprofile; a stream profile holds all other options")
        camera = number({"camera": options.get("camera", "1")}, "camera")
        common: dict[str, Value] = {
            "recipient": number(given, "recipient"),
            "view": camera - 1,
            "profile": options.get("streamprofile", ""),
        }
        if given["filename"].strip():
            common["file"] = _words(given["filename"])
        if kind == "smtp":
            return {**common, "subject": _words(given["subject"]), "text": _words(given["message"])}
        return {**common, "arguments": _arguments("", given["custom_params"])}

    return read


def _tell_images(kind: str) -> Tell:
    def tell(services: Services, values: Values) -> dict[str, str] | None:
        told = _told(services, kind, values)
        if told is None or values.get("headers"):
            return None
        profile = {"streamprofile": str(values["profile"])} if values["profile"] else {}
        options = urlencode({"camera": int(values["view"]) + 1, **profile})
        fixed = {"pre_duration": "0", "post_duration": "0", "create_folder": "", "max_sequence_number": "", "max_images": "1"}
        common = {"stream_options": options, "filename": str(values["file"]), **fixed}
        if kind == "smtp":
            return {**common, "images_per_mail": "", "subject": str(values["subject"]), "message": str(values["text"]), **told}
        return {**common, "custom_params": _told_arguments(values)[1], **told}

    return tell


def _told(services: Services, kind: str, values: Values) -> dict[str, str] | None:
    row = services.settings.snapshot.recipients.find(values["recipient"])
    return None if row is None else TEMPLATES[RECIPIENT + kind].tell(row)


_HTTP = ("message", "parameters", "method", "http_headers", "body")
_IMAGES = ("stream_options", "pre_duration", "post_duration", "create_folder", "filename", "max_sequence_number", "max_images")


def _row(token: str, action: str, kind: str, names: tuple[str, ...], read: Read, tell: Tell) -> Template:
    to = TEMPLATES[RECIPIENT + kind]
    return Template(f"{token}.{kind}", action, _typed(*names, *to.names), read, tell, to.token)


_NOTIFY, _SEND = FIXED + "notification", FIXED + "send_images"
_POSTED = (*_IMAGES, "custom_params")
_MAILED = (*_IMAGES, "images_per_mail", "subject", "message")

SENDING = (
    *(_row(_NOTIFY, "notify_http.fixed", kind, _HTTP, _read_notify(kind), _tell_notify(kind)) for kind in ("http", "https")),
    _row(_NOTIFY, "notify_email.fixed", "smtp", ("subject", "message"), _read_notify("smtp"), _tell_notify("smtp")),
    _row(_NOTIFY, "notify_tcp.fixed", "tcp", ("message",), _read_notify("tcp"), _tell_notify("tcp")),
    _row(UNLIMITED + "notification", "notify_tcp.active", "tcp", ("message", "period"), _read_notify("tcp"), _tell_notify("tcp")),
    *(_row(_SEND, "images_http.fixed", kind, _POSTED, _read_images(kind), _tell_images(kind)) for kind in ("http", "https")),
    _row(_SEND, "images_email.fixed", "smtp", _MAILED, _read_images("smtp"), _tell_images("smtp")),
)
"""The actions that send, a template for each kind of recipient."""
