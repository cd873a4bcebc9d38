"""Network shares and disks over both dialects: what clients of this camera family and the page send and get."""

from __future__ import annotations

import asyncio
from xml.etree import ElementTree

import httpx
import pytest
from api_kit import Side
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.api.services import shares_of
from panocam.settings import Role
from panocam.settings.storage import NetworkShare

SECRET = "a very secret word"
SHARE = {"address": "nas.example", "share": "video", "user": "cam", "password": SECRET}


async def xml(client: httpx.AsyncClient, name: str, **arguments: str) -> ElementTree.Element:
    reply = await client.get(f"/axis-cgi/disks/networkshare/{name}.cgi", params={"schemaversion": "1", **arguments})
    assert reply.status_code == 200
    assert SECRET not in reply.text
    root = ElementTree.fromstring(reply.content)
    assert (root.tag, root.get("SchemaVersion")) == ("NetworkShareResponse", "1.0")
    return root[0]


@pytest.mark.feature("STO-01", "STO-03", "STO-04", "STO-06")
async def test_shares_as_vapix_clients_set_them_up(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        added = await xml(client, "add", nicename="My Share", address="nas.example", share="video", user="cam", **{"pass": SECRET})
        identity = added.get("ShareId") or ""
        assert added.tag == "AddSuccess"
        assert identity.isdigit()
        listed = await xml(client, "list")
        (row,) = listed[0]
        assert listed[0].get("NumberOfShares") == "1"
        assert row.attrib == {"NiceName": "My Share", "ShareId": identity, "Address": "nas.example", "Share": "video", "User": "cam"}
        bound = await xml(client, "bind", shareid=identity)
        assert (bound.tag, bound.attrib) == ("BindSuccess", {"DiskID": "NetworkShare"})
        assert (await xml(client, "list", shareid=identity))[0][0].get("DiskId") == "NetworkShare"
        other = (await xml(client, "add", address="nas.example", share="more")).get("ShareId") or ""
        assert (await xml(client, "bind", shareid=other)).get("DiskID") == "NetworkShareN0"
        params = (await client.get("/axis-cgi/param.cgi?action=list&group=NetworkShare,Storage.S1,Storage.S2,Properties.NetworkShare")).text
        for line in (
            "root.NetworkShare.N0.Address=nas.example", "root.NetworkShare.N0.Password=******", f"root.NetworkShare.N0.ShareId={identity}",
            "root.Storage.S1.DiskID=NetworkShare", "root.Storage.S2.DiskID=NetworkShareN0", "root.Properties.NetworkShare.NetworkShare=yes",
        ):  # fmt: skip
            assert f"{line}\n" in params
        changed = await client.get("/axis-cgi/param.cgi?action=update&Storage.S1.CleanupMaxAge=48&Storage.S1.CleanupPolicyActive=none")
        assert changed.text == "OK\n"
        shown = side.services.settings.snapshot.storage.shares[0]
        assert (shown.retention_days, shown.remove_oldest) == (2, False)
        assert (await xml(client, "modify", shareid=identity, nicename="Shelf")).tag == "GeneralSuccess"
        refused = await xml(client, "modify", shareid=identity, share="other", **{"pass": SECRET})
        assert (refused.tag, "unbind it first" in (refused.findtext("ErrorDescription") or "")) == ("GeneralError", True)
        assert (await xml(client, "unbind", shareid=identity)).tag == "GeneralSuccess"
        assert (await xml(client, "modify", shareid=identity, share="other", **{"pass": SECRET})).tag == "GeneralSuccess"
        row = side.services.settings.snapshot.storage.shares[0]
        assert (row.name, row.share, row.address) == ("Shelf", "other", "nas.example")
        assert (await xml(client, "remove", shareid=identity)).tag == "GeneralSuccess"
        error = await xml(client, "bind", shareid=identity)
        assert (error.tag, identity in (error.findtext("ErrorDescription") or "")) == ("GeneralError", True)


async def test_a_share_is_tried_out_without_being_kept(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        begun = await xml(client, "test", address="127.0.0.1", port="1", share="video", user="cam", **{"pass": SECRET})
        assert begun.tag == "TestSuccess"
        for _ in range(2000):  # looks, as clients do
            told = (await xml(client, "job", jobid=begun.get("JobId") or ""))[0]
            if told.tag != "Progress":
                break
            await asyncio.sleep(0.01)
        assert (told.tag, "port" in (told.findtext("ErrorDescription") or "")) == ("GeneralError", True)
        assert (await xml(client, "test", share="video")).tag == "GeneralError"
        assert (await xml(client, "list"))[0].get("NumberOfShares") == "0"


@pytest.mark.parametrize("name", ["add", "list", "modify", "bind", "unbind", "remove", "test", "job", "schemaversions"])
async def test_only_administrators_touch_shares(side: Side, name: str) -> None:
    async with side.client(Role.OPERATOR) as client:
        assert (await client.get(f"/axis-cgi/disks/networkshare/{name}.cgi")).status_code in (401, 403)
        assert (await client.get("/api/v1/storage/shares")).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"address": "//nas/video"}, "host name"),
        ({"address": ""}, "address"),
        ({"share": "a/b"}, "slashes"),
        ({"folder": "../../etc"}, "folder"),
        ({"folder": "a\x00b"}, "folder"),
    ],
)
async def test_what_cannot_be_a_share_is_refused(side: Side, wrong: dict[str, str], word: str) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.post("/api/v1/storage/shares", json={**SHARE, "test": False, **wrong})
        assert reply.status_code == 400
        assert word in reply.text
        assert SECRET not in reply.text
        assert (await client.get("/api/v1/storage/shares")).json() == {"shares": []}


async def test_a_password_goes_to_the_server_it_was_given_for_only(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        made = (await client.post("/api/v1/storage/shares", json={**SHARE, "test": False})).json()
        assert made["has_password"]
        one = f"/api/v1/storage/shares/{made['id']}"
        assert (await client.patch(one, json={"address": "elsewhere.example"})).status_code == 400
        row = side.services.settings.snapshot.storage.shares[0]
        moved = {**row.model_dump(mode="json"), "address": "elsewhere.example"}
        assert (await client.patch("/api/v1/settings", json={"storage.shares": [moved]})).status_code == 200
        shares = shares_of(side.services)
        assert shares.address(shares.rows[0]).password == ""
        assert not (await client.get("/api/v1/storage/shares")).json()["shares"][0]["has_password"]
        for path in ("/api/v1/settings", "/api/v1/storage/shares", "/axis-cgi/param.cgi?action=list"):
            assert SECRET not in (await client.get(path)).text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_no_folder_leads_out_of_the_share(text: str) -> None:
    try:
        row = NetworkShare(id="1", address="nas", share="video", folder=text)
    except ValueError:
        return
    parts = row.folder.split("/") if row.folder else []
    assert all(part.strip(" .") and "\\" not in part for part in parts)
    assert ".." not in parts
    assert not row.folder.startswith("/")


async def test_a_share_that_recordings_go_to_stays(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        made = (await client.post("/api/v1/storage/shares", json={**SHARE, "test": False})).json()
        wanted = {"storage.continuous": [{"profile": 3, "disk": made["disk"], "options": "camera=2"}]}
        assert (await client.patch("/api/v1/settings", json=wanted)).status_code == 200
        reply = await client.delete(f"/api/v1/storage/shares/{made['id']}")
        assert (reply.status_code, "recording 3" in reply.text) == (400, True)


async def test_a_continuous_recording_names_a_disk_that_there_is(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.get("/axis-cgi/record/continuous/addconfiguration.cgi?diskid=Cellar&options=camera%3D2")
        child = ElementTree.fromstring(reply.content)[0]
        assert (child.get("result"), "Cellar" in (child.get("errormsg") or "")) == ("ERROR", True)
        assert side.services.settings.snapshot.storage.continuous == ()


async def test_only_administrators_limit_the_space_of_a_disk_that_there_is(side: Side) -> None:
    async def ask(client: httpx.AsyncClient, name: str, **arguments: str) -> ElementTree.Element:
        reply = await client.get(f"/axis-cgi/record/storage/{name}.cgi", params={"schemaversion": "1", **arguments})
        assert reply.status_code == 200
        root = ElementTree.fromstring(reply.content)
        assert root.tag == "StorageLimitsResponse"
        return root[0]

    async with side.client(Role.OPERATOR) as client:
        assert (await client.get("/axis-cgi/record/storage/setlimit.cgi?diskid=SD_DISK&size=0")).status_code in (401, 403)
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await ask(client, "setlimit", diskid="DUMMY", size="0")).findtext("ErrorCode") == "110"
        assert (await ask(client, "getlimit", diskid="DUMMY")).findtext("ErrorCode") == "110"
        assert (await ask(client, "schemaversions")).findtext("SchemaVersion/VersionNumber") == "1.0"
