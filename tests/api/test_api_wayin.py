"""Which scheme leads in for which role, changes that would shut out their own caller, and letting guessers off."""

from __future__ import annotations

import asyncio

import pytest
from api_kit import PASSWORDS, Side

from panocam.errors import InvalidValue
from panocam.settings import Role

SETTINGS = "/api/v1/settings"
ME = "/api/v1/me"


def credentials(role: Role) -> dict[str, str]:
    return dict(zip(("username", "password"), PASSWORDS[role], strict=True))


@pytest.mark.feature("GAP-36")
@pytest.mark.parametrize("role", list(Role))
async def test_a_policy_holds_for_its_role_on_every_way(side: Side, role: Role) -> None:
    path = f"access.{role}_policy"
    here = ("127.0.0.1", 5)  # where passwords may be typed over plain HTTP
    async with side.client(secure=False, peer=here) as page:
        await side.login(page, role)
        assert (await page.get(ME)).status_code == 200
        async with side.client(Role.ADMINISTRATOR) as admin:
            assert (await admin.patch(SETTINGS, json={path: "https"})).status_code == 200
        reply = await page.get(ME)  # the session that exists
        assert reply.status_code == 403
        assert "over HTTPS only: use HTTPS" in reply.json()["error"]["message"]
        assert (await page.post("/api/v1/login", json=credentials(role))).status_code == 403
    async with side.client(role, secure=False) as digest:
        assert (await digest.get("/axis-cgi/usergroup.cgi")).status_code == 403
    async with side.client(role) as secure:
        assert (await secure.get("/axis-cgi/usergroup.cgi")).status_code == 200
    for other in set(Role) - {role}:
        async with side.client(other, secure=False) as client:
            assert (await client.get("/axis-cgi/usergroup.cgi")).status_code == 200, other


async def test_a_wrong_password_over_the_wrong_scheme_is_still_a_wrong_password(side: Side) -> None:
    """What the policy says is told to those alone who have proved who they are."""
    async with side.client(Role.ADMINISTRATOR) as admin:
        await admin.patch(SETTINGS, json={"access.viewer_policy": "https"})
    async with side.client(secure=False, peer=("127.0.0.1", 5)) as client:
        reply = await client.post("/api/v1/login", json={"username": "vera", "password": "wrong"})
        assert reply.status_code == 401


@pytest.mark.parametrize(
    ("secure", "change"),
    [
        (True, {"network.http_policy": "http"}),
        (False, {"network.http_policy": "https"}),
        (True, {"access.administrator_policy": "http"}),
        (False, {"access.administrator_policy": "https"}),
    ],
)
async def test_nobody_shuts_himself_out(side: Side, secure: bool, change: dict[str, str]) -> None:
    side.services.http_port, side.services.https_port = lambda: 8080, lambda: 8443
    before = side.services.settings.snapshot
    async with side.client(Role.ADMINISTRATOR, secure=secure, peer=("127.0.0.1", 5)) as client:
        await side.login(client, Role.ADMINISTRATOR)
        reply = await client.patch(SETTINGS, json=change, headers={"Host": "camera"})
        assert reply.status_code == 409, reply.text
        assert ("http://camera:8080/" if secure else "https://camera:8443/") in reply.json()["error"]["message"]
    assert side.services.settings.snapshot == before


async def test_policies_that_let_some_role_in_nowhere_are_refused(side: Side) -> None:
    for change in (
        {"network.http_policy": "http", "access.viewer_policy": "https"},
        {"network.http_policy": "https", "access.operator_policy": "http"},
    ):
        with pytest.raises(InvalidValue, match=r"lets no (viewer|operator) in"):
            await side.services.settings.patch(change)
    await side.services.settings.patch({"network.http_policy": "https", "access.operator_policy": "https"})


async def test_strict_transport_is_told_over_https_alone(side: Side) -> None:
    name = "strict-transport-security"
    async with side.client(Role.ADMINISTRATOR) as secure, side.client(secure=False) as plain:
        assert name not in (await secure.get("/api/v1/state")).headers
        await secure.patch(SETTINGS, json={"tls.hsts_days": 365})
        assert (await secure.get("/api/v1/state")).headers[name] == "max-age=31536000"
        assert name not in (await plain.get("/api/v1/state")).headers


@pytest.mark.feature("GAP-26")
async def test_guessers_are_seen_without_the_names_they_made_up_and_let_off(side: Side) -> None:
    told = []
    side.services.authenticator.on_waiting = told.append
    async with side.client(peer=("198.51.100.7", 1)) as guesser, side.client(Role.ADMINISTRATOR) as admin:
        for name in ("vera", "my-secret-password"):
            for _ in range(5):
                await guesser.post("/api/v1/login", json={"username": name, "password": "guess"})
        assert [(each.peer, each.account) for each in told] == [("198.51.100.7", "vera"), ("198.51.100.7", "(unknown)")]
        reply = await admin.get("/api/v1/password-guessing")
        assert "my-secret" not in reply.text
        rows = {row["account"]: row for row in reply.json()["guessers"]}
        assert set(rows) == {"vera", "(unknown)", "*"}
        assert rows["vera"]["wrong_tries"] == 5
        assert rows["vera"]["wait_seconds"] > 0
        assert (await guesser.post("/api/v1/login", json=credentials(Role.VIEWER))).status_code == 429
        assert (await admin.delete(f"/api/v1/password-guessing/{rows['vera']['id']}")).status_code == 204
        assert (await admin.delete(f"/api/v1/password-guessing/{rows['vera']['id']}")).status_code == 404
        assert (await guesser.post("/api/v1/login", json=credentials(Role.VIEWER))).status_code == 200
        assert (await admin.delete("/api/v1/password-guessing")).status_code == 204
        assert (await admin.get("/api/v1/password-guessing")).json()["guessers"] == []


async def test_certificates_over_rest(side: Side) -> None:
    wish = {"name": "shop", "names": ["camera.example"], "key": "ec-p256"}
    async with side.client(Role.ADMINISTRATOR) as admin:
        made, asked = await asyncio.gather(
            admin.post("/api/v1/self-signed-certificates", json=wish),
            admin.post("/api/v1/certificate-requests", json={**wish, "name": "ordered"}),
        )
        assert (made.status_code, asked.status_code) == (200, 200)
        assert made.json()["facts"]["names"] == ["camera.example"]
        assert asked.json()["facts"] is None
        pem = await admin.get("/api/v1/certificates/shop/pem")
        assert pem.text.startswith("-----BEGIN CERTIFICATE-----")
        assert "PRIVATE" not in pem.text
        assert pem.headers["content-disposition"] == 'attachment; filename="shop.pem"'
        assert "CERTIFICATE REQUEST" in (await admin.get("/api/v1/certificates/ordered/request")).text
        assert (await admin.get("/api/v1/certificates/shop/request")).status_code == 404
        assert (await admin.get("/api/v1/certificates/ordered/pem")).status_code == 403
        for refused, words in (
            ({"name": "x", "certificate": pem.text}, "key"),
            ({"name": "x", "certificate": "%%%"}, "base64"),
            ({"name": "x", "certificate": pem.text, "private_key": "SECRET-KEY"}, "base64"),
            ({"name": "../x", "certificate": pem.text}, "letters"),
        ):
            reply = await admin.post("/api/v1/certificates", json=refused)
            assert reply.status_code == 400
            assert words in reply.json()["error"]["message"]
            assert "SECRET-KEY" not in reply.text
        assert (await admin.delete("/api/v1/certificates/camera")).status_code == 403
        for name in ("shop", "ordered"):
            assert (await admin.delete(f"/api/v1/certificates/{name}")).status_code == 204
        names = [each["name"] for each in (await admin.get("/api/v1/certificates")).json()["certificates"]]
        assert names == ["camera"]
