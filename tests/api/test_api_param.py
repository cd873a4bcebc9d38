"""param.cgi: listing, patterns, changes that happen, roles, definitions, and the leaves that clients cannot do without."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import httpx
import pytest
from conftest import Side
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.api.vapix.params.leaf import Leaf, Shape, fact
from panocam.api.vapix.params.rows import TREE
from panocam.api.vapix.params.tree import Tree
from panocam.settings import Role

PATH = "/axis-cgi/param.cgi"
NEEDED = {
    "Brand": "Brand ProdFullName ProdNbr ProdShortName ProdType WebURL",
    "Properties": (
        "API.HTTP.Version API.Metadata.Metadata API.Metadata.Version Firmware.BuildDate Firmware.BuildNumber "
        "Firmware.Version System.SerialNumber Image.Format Image.NbrOfViews Image.Resolution Image.Rotation "
        "LightControl.LightControl2"
    ),
    "Image.I0": (
        "Name Enabled Source Appearance.Resolution Appearance.Compression Appearance.ColorEnabled "
        "Appearance.MirrorEnabled Appearance.Rotation Stream.Duration Stream.FPS Stream.NbrOfFrames"
    ),
    "Image.I11": "Name",
    "ImageSource.I0": "CameraTiltOrientation",
    "Network": "eth0.IPAddress eth0.MACAddress VolatileHostName.HostName Bonjour.FriendlyName RTSP.Port",
}
"""Leaves that a client of the family reads and stumbles without."""


async def ask(client: httpx.AsyncClient, **arguments: str) -> str:
    reply = await client.get(PATH, params=arguments)
    assert reply.status_code == 200, reply.text
    return reply.text


def parsed(text: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in text.splitlines())


async def test_what_clients_need_is_there(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        everything = parsed(await ask(client, action="list"))
    assert {f"root.{group}.{name}" for group, names in NEEDED.items() for name in names.split()} <= everything.keys()
    assert everything["root.Properties.System.SerialNumber"] == "0200DEADBEEF"
    assert everything["root.Network.eth0.MACAddress"] == "02:00:DE:AD:BE:EF"
    assert everything["root.ImageSource.I0.CameraTiltOrientation"] == "-90"


async def test_names_groups_and_patterns(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        assert await ask(client, action="list", group="Image.I0.Name") == "Image.I0.Name=Overview\n"
        assert await ask(client, action="list", group="root.Image.I0.Name") == "root.Image.I0.Name=Overview\n"
        brand = parsed(await ask(client, action="list", group="Brand"))
        assert brand.keys() == parsed(await ask(client, group="root.Brand")).keys()
        assert all(name.startswith("root.Brand.") for name in brand)
        names = parsed(await ask(client, action="list", group="Image.*.Name"))
        assert len(names) == 12
        assert names["root.Image.I11.Name"] == "Corridor"
        both = await ask(client, action="list", group="Nothing,root.Image.I1.Name")
        assert both == "# Error: Error -1 getting param in group 'Nothing'\nroot.Image.I1.Name=Panorama\n"
        for wrong in ("Imag", "image", "Image.I0.Nam", "root", "*"):
            text = await ask(client, action="list", group=wrong)
            assert text.startswith("# Error:") is (wrong not in ("root", "*"))


@pytest.mark.parametrize("kind", ["text/plain", "text/xml", "application/x-www-form-urlencoded"])
async def test_a_posted_form_is_a_form_whatever_its_label(side: Side, kind: str) -> None:
    async with side.client(Role.VIEWER) as client:
        reply = await client.post(PATH, content=b"action=list&group=root.Brand", headers={"Content-Type": kind})
    assert reply.text.startswith("root.Brand.Brand=")


@pytest.mark.feature("BAS-04", "BAS-07")
async def test_writing_a_parameter_changes_the_camera_in_one_transaction(side: Side) -> None:
    stored = side.services.settings
    async with side.client(Role.ADMINISTRATOR) as client:
        changes = {
            "root.ImageSource.I0.CameraTiltOrientation": "0",
            "ImageSource.I0.CaptureFrequency": "60Hz",
            "Image.I2.MPEG.PCount": "63",
        }
        assert await ask(client, action="update", **changes) == "OK\n"
        now = stored.running
        assert (now.installation.mount, now.installation.power_line, now.stream.gop) == ("wall", 60, 64)
        assert await ask(client, group="Image.I0.MPEG.PCount") == "Image.I0.MPEG.PCount=63\n"
        for name, value, hint in (
            ("Image.I0.Name", "", "at least 1"),
            ("Image.I0.Enabled", "maybe", "yes, no"),
            ("Image.I0.Appearance.Compression", "101", "0 to 100"),
            ("Image.I0.Appearance.Compression", "ten", "whole number"),
            ("Image.I0.MPEG.PCount", "99999999999", "whole number"),
            ("Image.I0.MPEG.PCount", "1023", "0 to 1022"),
            ("Brand.Brand", "mine", "only be read"),
            ("Image.I99.Name", "x", "no such parameter"),
        ):
            text = await ask(client, action="update", **{"Image.I1.Name": "Changed", name: value})
            assert text.startswith(f"# Error: Error setting 'root.{name}' to '{value}'!"), text
            assert hint in text
            assert stored.snapshot.views[1].name == "Panorama"
        assert (await ask(client, action="update")).startswith("# Error:")
        assert (await ask(client, action="paint")).startswith("# Error:")


@pytest.mark.parametrize("role", list(Role))
async def test_each_role_writes_what_it_may_write(side: Side, role: Role) -> None:
    leaves = [leaf for leaf in (TREE.leaf(side.services, path) for path in TREE.paths()) if leaf is not None and leaf.write]
    async with side.client(role) as client:
        for leaf in [leaf for leaf in leaves if ".I" not in leaf.path or ".I1." in leaf.path or "ImageSource" in leaf.path]:
            value = leaf.read(side.services)
            reply = await client.post(PATH, data={"action": "update", leaf.path: value})
            assert reply.status_code == (200 if role.covers(leaf.write_role) else 403), leaf.path
            if reply.status_code == 200:
                assert reply.text == "OK\n", (leaf.path, reply.text)
                assert leaf.read(side.services) == value


async def test_every_value_that_a_leaf_declares_is_taken(side: Side) -> None:
    """The bounds in the definitions are those of the settings behind them."""
    async with side.client(Role.ADMINISTRATOR) as client:
        for leaf in (TREE.leaf(side.services, path) for path in TREE.paths()):
            if (
                leaf is None
                or leaf.write is None
                or ("Image.I" in leaf.path and ".I1." not in leaf.path)
                or leaf.path.startswith("Network.RTP.")
            ):
                continue
            before, values = leaf.read(side.services), list(leaf.shape.choices)
            if leaf.shape.kind == "int" and "Port" not in leaf.path:
                values = [str(leaf.shape.low), str(leaf.shape.high)]
            for value in (*values, before):
                assert await ask(client, action="update", **{leaf.path: value}) == "OK\n", (leaf.path, value)
                assert leaf.read(side.services) == value


async def test_another_website_cannot_write_by_a_link(side: Side) -> None:
    change = {"action": "update", "Image.I0.Name": "Hacked"}
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.get(PATH, params=change, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403
    async with side.client() as client:
        await side.login(client, Role.ADMINISTRATOR)
        token = client.headers.pop("X-CSRF-Token")
        assert (await client.get(PATH, params=change)).status_code == 403
        assert side.services.settings.snapshot.views[0].name == "Overview"
        assert (await client.get(PATH, params=change, headers={"X-CSRF-Token": token})).text == "OK\n"


async def test_definitions_are_xml_that_says_all(side: Side) -> None:
    await side.services.settings.patch({"views.0.name": 'Größe <"&>'})
    async with side.client(Role.VIEWER) as client:
        for charset, encoding in (("utf8", "utf-8"), ("", "iso-8859-1")):
            reply = await client.get(PATH, params={"action": "listdefinitions", "listformat": "xmlschema", "responsecharset": charset})
            assert f'encoding="{encoding}"'.encode() in reply.content[:60]
            root = ET.fromstring(reply.content)
            names = {each.get("name"): each for each in root.iterfind(".//{*}parameter")}
            named = [each.get("value") for each in root.iterfind(".//{*}group[@name='I0']/{*}parameter[@name='Name']")]
            assert 'Größe <"&>' in named
            assert len(list(root.iterfind(".//{*}parameter"))) == len(list(TREE.paths()))
        tilt = names["CameraTiltOrientation"]
        assert [entry.get("value") for entry in tilt.iterfind(".//{*}entry")] == ["-90", "0", "90"]
        assert tilt.get("securityLevel") == "7716"
        assert names["SerialNumber"].find("{*}type").get("readonly") == "true"  # type: ignore[union-attr]
        part = await client.get(PATH, params={"action": "listdefinitions", "group": "Brand"})
        assert len(list(ET.fromstring(part.content).iterfind(".//{*}parameter"))) == 7


@given(group=st.text(max_size=60), value=st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_nonsense_is_answered_in_lines(side: Side, group: str, value: str) -> None:
    async with side.client() as client:
        client.auth = None
        session = await side.login(client, Role.ADMINISTRATOR) if "panocam_0200deadbeef" not in client.cookies else {}
        assert session
        for body in (
            {"action": "list", "group": group},
            {"action": "update", f"Image.{group}": value},
            {"action": "remove", "group": group},
        ):
            reply = await client.post(PATH, data=body)
            assert reply.status_code == 200
            assert all(line.startswith(("root.", "# Error:", "OK")) or "=" in line for line in reply.text.splitlines() if line)


def test_a_tree_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match=r"two rows for A\.B"):
        Tree([fact("A.B", "1"), fact("A.B", "2")])
    with pytest.raises(ValueError, match=r"both leaf and group: A\.B"):
        Tree([fact("A.B", "1"), Leaf("A.B.C", lambda services: "1", Shape())])
