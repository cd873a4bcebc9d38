"""Recipients by SOAP, and actions that say their recipient anew: one list with the page's, and no password ever comes out."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

import httpx
import pytest
from api_kit import Side
from test_api_actions import AA, ask, configurations, fault, prepared, rule, virtual

from panocam.settings import Role

FIXED = "com.axis.action.fixed."
WEB = {
    "upload_url": "http://example.com/notify", "login": "cam", "password": "s3cret one", "proxy_host": "", "proxy_port": "",
    "proxy_login": "", "proxy_password": "", "qos": "0",
}  # fmt: skip
MAIL = {
    "email_to": "guard@example.com,night@example.com", "email_from": "cam@example.com", "host": "mail.example.com", "port": "465",
    "login": "cam", "password": "s3cret two", "pop_host": "", "pop_port": "", "pop_login": "", "pop_password": "", "qos": "",
    "encryption": "ssl", "validate_server_cert": "1",
}  # fmt: skip
TCP = {"host": "192.0.2.7", "port": "8002", "qos": "0"}
IMAGES = {
    "stream_options": "camera%3D5", "pre_duration": "0", "post_duration": "0", "create_folder": "", "filename": "yard-%25F.jpg",
    "max_sequence_number": "", "max_images": "1",
}  # fmt: skip


def parameters(given: dict[str, str]) -> str:
    return "".join(f'<act:Parameter Name="{name}" Value={quoteattr(value)}/>' for name, value in given.items())


def configuration(token: str, given: dict[str, str], what: str = "Action", name: str = "Tell") -> str:
    return (
        f"<act:Add{what}Configuration><act:New{what}Configuration><act:Name>{name}</act:Name><act:TemplateToken>{token}</act:TemplateToken>"
        f"<act:Parameters>{parameters(given)}</act:Parameters></act:New{what}Configuration></act:Add{what}Configuration>"
    )


async def listed(client: httpx.AsyncClient) -> list[tuple[str, str, dict[str, str]]]:
    _, root = await ask(client, "<act:GetRecipientConfigurations/>")

    def told(each: Element) -> dict[str, str]:
        return {one.get("Name", ""): one.get("Value", "") for one in each.iter(f"{AA}Parameter")}

    rows = root.iter(f"{AA}RecipientConfiguration")
    return [(each.findtext(f"{AA}Name", ""), each.findtext(f"{AA}TemplateToken", ""), told(each)) for each in rows]


async def test_templates_name_their_recipients(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        _, root = await ask(client, "<act:GetRecipientTemplates/>")
        tokens = [each.text for each in root.iter(f"{AA}TemplateToken")]
        assert tokens == [f"com.axis.recipient.{kind}" for kind in ("http", "https", "smtp", "tcp")]
        _, root = await ask(client, "<act:GetActionTemplates/>")
        found = {
            each.findtext(f"{AA}TemplateToken", ""): (
                each.findtext(f"{AA}RecipientTemplate", ""),
                {one.get("Name") for one in each.iter(f"{AA}Parameter")},
            )
            for each in root.iter(f"{AA}ActionTemplate")
        }
    recipient, names = found[f"{FIXED}notification.smtp"]
    assert (recipient, names) == ("com.axis.recipient.smtp", {"subject", "message", *MAIL})
    assert found["com.axis.action.unlimited.notification.tcp"][1] == {"message", "period", *TCP}
    assert found["com.axis.action.unlimited.guardtour"][0] == ""


@pytest.mark.parametrize(
    ("kind", "given"), [("http", WEB), ("https", {**WEB, "upload_url": "https://example.com/", "validate_server_cert": "0"}),
                        ("smtp", MAIL), ("tcp", TCP)],
)  # fmt: skip
async def test_a_recipient_is_made_told_and_removed(side: Side, kind: str, given: dict[str, str]) -> None:
    assert side.services.recipients
    desk = side.services.recipients
    token = f"com.axis.recipient.{kind}"
    async with side.client(Role.ADMINISTRATOR) as client:
        for _ in range(2):
            status, root = await ask(client, configuration(token, given, "Recipient"))
            assert status == 200, "".join(root.itertext())
        told = await listed(client)
        assert [(name, template) for name, template, _ in told] == [("Tell", token), ("Tell 2", token)]
        silent = {name: "" if "password" in name else value for name, value in given.items()}
        assert {**told[0][2], "qos": ""} == {**silent, "qos": ""}
        assert desk.passwords(desk.get(1)).password == given.get("password", "")
        number = root.findtext(f".//{AA}ConfigurationID", "")
        remove = f"<act:RemoveRecipientConfiguration><act:ConfigurationID>{number}</act:ConfigurationID></act:RemoveRecipientConfiguration>"
        assert (await ask(client, remove))[0] == 200
        status, root = await ask(client, remove)
        assert (status, fault(root)[0]) == (400, "RecipientConfigurationNotFoundFault")
        assert len(await listed(client)) == 1


@pytest.mark.parametrize(
    ("token", "given", "kept"),
    [
        (
            "notification.http",
            {"message": "Hi & bye %25T", "parameters": "a=1%262&b=%25F", "method": "", "http_headers": "X-A: #n", "body": "", **WEB},
            {"method": "GET", "arguments": "Message=Hi %26 bye %T&a=1%262&b=%F", "headers": "X-A: #n"},
        ),
        ("notification.smtp", {"subject": "At %23n", "message": "Now", **MAIL}, {"subject": "At #n", "text": "Now"}),
        ("notification.tcp", {"message": "Now %25T", **TCP}, {"text": "Now %T"}),
        ("send_images.smtp", {**IMAGES, "images_per_mail": "", "subject": "S", "message": "M", **MAIL}, {"view": 4, "file": "yard-%F.jpg"}),
        ("send_images.http", {**IMAGES, "custom_params": "a=b", **WEB}, {"arguments": "a=b", "file": "yard-%F.jpg"}),
    ],
)
async def test_an_action_says_its_recipient_anew(side: Side, token: str, given: dict[str, str], kept: dict[str, Any]) -> None:
    assert side.services.rules
    assert side.services.recipients
    async with side.services.rules.runner, side.client(Role.ADMINISTRATOR) as client:
        numbers = [await prepared(client, configuration(FIXED + token, given)) for _ in range(2)]
        assert len(side.services.recipients.rows) == 1  # the second is the same
        told = await configurations(client)
        for number in numbers:
            name, template, values = told[number]
            assert (name, template) == ("Tell", FIXED + token)
            assert set(values) == set(given)
            assert not any("s3cret" in value for value in values.values())
        again = {name: given[name] if "password" in name else value for name, value in told[numbers[0]][2].items()}
        await prepared(client, configuration(FIXED + token, again))
        status, root = await ask(client, rule(numbers[0], virtual(1)))
        assert status == 200, "".join(root.itertext())
        [made] = side.services.rules.rules
        assert {name: made.action.parameters[name] for name in kept} == kept
        first, second = (each.action for each in side.services.settings.snapshot.actions.items[::2])
        assert first == second  # what is told can be given again
        number = side.services.recipients.rows[0].id
        remove = f"<act:RemoveRecipientConfiguration><act:ConfigurationID>{number}</act:ConfigurationID></act:RemoveRecipientConfiguration>"
        status, root = await ask(client, remove)
        assert (status, "is used by the rules Alarm" in fault(root)[1]) == (400, True)
        other = {**given, "password": "another", "host": "10.0.0.9"} if token != "notification.http" else {**given, "password": "another"}
        await prepared(client, configuration(FIXED + token, {name: other[name] for name in given}))
        assert len(side.services.recipients.rows) == 2


@pytest.mark.parametrize(
    ("token", "given", "says"),
    [
        ("notification.tcp", {"message": "x", **TCP, "qos": "7"}, "this camera does not do that; leave it empty"),
        ("notification.tcp", {"message": "x", **TCP, "host": "a b"}, "give a host name"),
        ("notification.tcp", {"message": "x", "host": "a", "qos": ""}, "takes all of"),
        ("notification.smtp", {"subject": "", "message": "", **MAIL, "pop_password": "s3cret"}, "this camera does not do that"),
        ("notification.smtp", {"subject": "", "message": "", **MAIL, "encryption": "rot13"}, "use one of none, ssl, tls"),
        ("notification.https", {"message": "", "parameters": "", **WEB}, "begins with https://"),
        ("send_images.http", {**IMAGES, "max_images": "0", "post_duration": "900", "custom_params": "", **WEB}, "sends one picture"),
        ("send_images.http", {**IMAGES, "create_folder": "x", "custom_params": "", **WEB}, "there are no folders"),
    ],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing(side: Side, token: str, given: dict[str, str], says: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        status, root = await ask(client, configuration(FIXED + token, given))
        assert (status, says in fault(root)[1]) == (400, True), fault(root)
        assert "s3cret" not in fault(root)[1]
        assert await listed(client) == []
    async with side.client(Role.OPERATOR) as client:
        assert (await ask(client, "<act:GetRecipientConfigurations/>"))[0] == 403
