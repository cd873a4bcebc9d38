"""The kinds of actions that send something to a recipient."""

from __future__ import annotations

from panocam.events.rules import webform
from panocam.events.rules.kind import LONGEST_S, ActionKind, Parameter

LONGEST_TEXT = 4096
LONGEST_SUBJECT = 200


def _to(among: str) -> Parameter:
    return Parameter("recipient", "Recipient", 0, among=among, required=True)


_SUBJECT = Parameter("subject", "Subject", "", "With modifiers. Empty: the rule's name.", 0, LONGEST_SUBJECT)
_VIEW = Parameter("view", "View", 0, "What modifiers such as #x are about.", among="views")


def _text(title: str, help: str = "Words and modifiers, which say what is so when the rule starts.", required: bool = False) -> Parameter:
    return Parameter("text", title, "", help, 1 if required else 0, LONGEST_TEXT, required=required)


_ARGUMENTS = Parameter(
    "arguments", "Arguments", "", "name=value&name=value, with modifiers; the camera encodes them.", 0, 1000, form=webform.arguments
)
_HEADERS = Parameter("headers", "Headers", "", "One on each line, with modifiers, as in X-Camera: #n", 0, 1000, form=webform.headers)
_PICTURE = (
    Parameter("view", "View", 0, among="views"),
    Parameter("profile", "Stream profile", "", "Says the size of the picture, and how much it is compressed.", among="stream profiles"),
    Parameter("file", "File name", "picture-%F-%H-%M-%S.jpg", "With modifiers.", 1, 120),
)
_NOTIFY, _SEND = "Notifications", "Images"
_SENT = "It is sent once, when the rule starts."

SENDING = (
    ActionKind(
        "notify_email.fixed",
        "Send notification to email",
        _NOTIFY,
        _SENT,
        (_to("email recipients"), _SUBJECT, _text("Message"), _VIEW),
    ),
    ActionKind(
        "notify_http.fixed",
        "Send notification through HTTP",
        _NOTIFY,
        _SENT,
        (
            _to("HTTP recipients"),
            Parameter("method", "Method", "POST", among="methods"),
            _ARGUMENTS,
            _HEADERS,
            _text("Body", "With modifiers. In JSON they go into the texts."),
            _VIEW,
        ),
    ),
    ActionKind(
        "notify_tcp.fixed",
        "Send notification through TCP",
        _NOTIFY,
        _SENT,
        (_to("TCP recipients"), _text("Message", required=True), _VIEW),
    ),
    ActionKind(
        "notify_tcp.active",
        "Send notification through TCP while the rule is active",
        _NOTIFY,
        "It is sent when the rule starts and again and again, with what modifiers say at that moment.",
        (
            _to("TCP recipients"),
            _text("Message", required=True),
            Parameter("period", "Period", 10, "From one to the next.", 1, LONGEST_S, "s"),
            _VIEW,
        ),
    ),
    ActionKind(
        "images_email.fixed",
        "Send a picture to email",
        _SEND,
        "A picture of the moment in which the rule starts, attached to a message.",
        (_to("email recipients"), *_PICTURE, _SUBJECT, _text("Message")),
    ),
    ActionKind(
        "images_http.fixed",
        "Send a picture through HTTP",
        _SEND,
        "A picture of the moment in which the rule starts, as the body of a POST request.",
        (_to("HTTP recipients"), *_PICTURE, _ARGUMENTS, _HEADERS),
    ),
)
