"""param.cgi: listing, patterns, changes that happen, roles, definitions, and the leaves that clients cannot do without."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import httpx
import pytest
from api_kit import Side
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from panocam.api.vapix.params.leaf import Leaf, Shape, fact
from panocam.api.vapix.params.rows import TREE
from panocam.api.vapix.params.tree import Tree
from panocam.optics.mount import Mount
from panocam.optics.pose import Stops
from panocam.optics.pose import limits as whole_limits
from panocam.settings import Role
from panocam.settings.window import Window

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
    room = {"time.ntp_servers": ["127.0.0.1:9"], "exposure.max_gain": 48}  # a clock can follow those only that are named
    await side.services.settings.patch(room)
    sides = tuple(f"ImageSource.I0.Sensor.WhiteBalance{axis}" for axis in "XY")  # a window needs all four of them
    async with side.client(Role.ADMINISTRATOR) as client:
        for leaf in (TREE.leaf(side.services, path) for path in TREE.paths()):
            if (
                leaf is None
                or leaf.write is None
                or ("Image.I" in leaf.path and ".I1." not in leaf.path)
                or leaf.path.startswith(
                    ("Network.RTP.", "Image.I1.Overlay.", "PTZ.Limit.", *sides)
                )  # wants an image; tells how far an area goes
                or leaf.path in ("HTTPS.Enabled", "System.BoaGroupPolicy.admin")  # must not end the connection that they come on
            ):
                continue
            before, values = leaf.read(side.services), list(leaf.shape.choices)
            if leaf.shape.kind == "int" and "Port" not in leaf.path:
                values = [str(leaf.shape.low), str(leaf.shape.high)]
            for value in (*values, before):
                assert await ask(client, action="update", **{leaf.path: value}) == "OK\n", (leaf.path, value)
                assert leaf.read(side.services) == value


@pytest.mark.feature("GAP-36")
async def test_policies_are_parameters_and_nobody_shuts_himself_out(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        assert await ask(client, action="update", **{"System.BoaGroupPolicy.viewer": "https", "Network.RTSP.Enabled": "no"}) == "OK\n"
        assert side.services.settings.snapshot.access.viewer_policy == "https"
        assert side.services.settings.snapshot.network.rtsp_enabled is False
        assert "root.System.BoaGroupPolicy.viewer=https\n" in await ask(client, group="root.System")
        for change in ({"HTTPS.Enabled": "no"}, {"System.BoaGroupPolicy.admin": "http"}):
            text = await ask(client, action="update", **change)
            assert text.startswith("# Error: ")
            assert "would end the HTTPS connection that asks for it" in text
        assert await ask(client, action="update", **{"System.BoaGroupPolicy.viewer": "ftp"}) == (
            "# Error: Error setting 'root.System.BoaGroupPolicy.viewer' to 'ftp'! Use one of http, https, both\n"
        )
        assert "ECDHE-RSA-AES256-GCM-SHA384" in await ask(client, group="HTTPS.Ciphers")
    async with side.client(Role.VIEWER, secure=False) as client:
        assert (await client.get(PATH)).status_code == 403
    side.services.http_port = lambda: 8080
    async with side.client(Role.ADMINISTRATOR, secure=False) as client:
        text = await ask(client, action="update", **{"HTTPS.Enabled": "no"})
        assert "lets no viewer in while network.http_policy is http" in text


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
            assert len(list(root.iterfind(".//{*}parameter"))) == len(TREE.find(side.services, ""))
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


async def test_the_sensor_is_set_in_units_of_its_own(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        sensor = "ImageSource.I0.Sensor"
        changes = {
            f"{sensor}.WDR": "on",
            f"{sensor}.Exposure": "flickerfree60",
            f"{sensor}.MaxExposureTime": "33333",
            f"{sensor}.ColorLevel": "0",
        }
        assert await ask(client, action="update", **changes) == "OK\n"
        now = side.services.settings.running
        assert (now.image.wdr, now.image.saturation, str(now.exposure.max_shutter)) == (True, 0, "1/30")
        assert str(now.exposure.mode) == "flicker-free-60"
        assert (await ask(client, action="update", **{f"{sensor}.MaxExposureTime": "3"})).startswith("# Error:")
        more = {"Defog": "on", "DefogEffect": "70", "ExposurePriorityNormal": "80", "MaxGain": "100"}
        assert await ask(client, action="update", **{f"{sensor}.{name}": value for name, value in more.items()}) == "OK\n"
        now = side.services.settings.running
        assert (now.image.defog, now.image.defog_effect, now.exposure.blur_noise, now.exposure.max_gain) == (True, 70, 80, 48)
        listed = parsed(await ask(client, group=f"root.{sensor}"))
        assert {name: listed[f"root.{sensor}.{name}"] for name in (*more, "ExposurePriority")} == {**more, "ExposurePriority": "80"}
        await side.services.settings.patch({"exposure.max_gain": 36})
        assert await ask(client, group=f"{sensor}.MaxGain") == f"{sensor}.MaxGain=75\n"


async def test_exposure_windows_have_names_or_are_made_by_hand(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        sensor = "ImageSource.I0.Sensor"

        async def choose(word: str) -> str:
            return await ask(client, action="update", **{f"{sensor}.ExposureWindow": word})

        assert await ask(client, group=f"{sensor}.ExposureWindow") == f"{sensor}.ExposureWindow=auto\n"
        for word, left in (("right", 0.5), ("spot", 0.45), ("custom", 0.3)):
            assert await choose(word) == "OK\n"
            assert [zone.left for zone in side.services.settings.running.exposure.zones] == [left]
        assert "use one of" in (await choose("nose")).lower()
        assert await ask(client, group=f"{sensor}.ExposureWindow") == f"{sensor}.ExposureWindow=custom\n"
        assert await choose("auto") == "OK\n"
        assert side.services.settings.running.exposure.zones == ()
        assert await choose("custom") == "OK\n"
        assert len(side.services.settings.running.exposure.zones) == 1
        await side.services.settings.patch({"exposure.zones": [{"left": 0.25, "top": 0.25, "right": 0.5, "bottom": 0.5}]})
        window = f"root.{sensor}.CustomExposureWindow.C0"
        assert parsed(await ask(client, group=f"{sensor}.CustomExposureWindow"))[f"{window}.Left"] == "2500"
        moved = {f"{window}.Left": "5000", f"{window}.Right": "7500"}
        assert await ask(client, action="update", **moved) == "OK\n"
        (zone,) = side.services.settings.running.exposure.zones
        assert (round(zone.left, 3), round(zone.right, 3), zone.top) == (0.5, 0.75, 0.25)


async def test_the_least_exposure_is_set_in_the_same_units(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        sensor = "ImageSource.I0.Sensor"
        listed = parsed(await ask(client, group=f"root.{sensor}"))
        assert (listed[f"root.{sensor}.MinExposureTime"], listed[f"root.{sensor}.MinGain"]) == ("31", "0")
        changes = {f"{sensor}.MinExposureTime": "10000", f"{sensor}.MinGain": "25"}
        assert await ask(client, action="update", **changes) == "OK\n"
        now = side.services.settings.running.exposure
        assert (str(now.min_shutter), now.min_gain) == ("1/100", 12)
        for name, value in (("MinGain", "90"), ("MaxGain", "10"), ("MaxExposureTime", "1000"), ("MinExposureTime", "3")):
            answer = await ask(client, action="update", **{f"{sensor}.{name}": value})
            assert answer.startswith("# Error:"), name
            assert value in answer
        assert side.services.settings.running.exposure == now


async def test_the_white_balance_window_has_a_name_or_four_sides(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        sensor = "ImageSource.I0.Sensor.WhiteBalance"

        async def write(**values: str) -> str:
            return await ask(client, action="update", **{f"{sensor}{name}": value for name, value in values.items()})

        def window() -> object:
            return side.services.settings.running.image.white_balance_window

        listed = parsed(await ask(client, group="root.ImageSource.I0.Sensor"))
        assert [listed[f"root.{sensor}{name}"] for name in ("Window", "Xstart", "Xstop", "Ystart", "Ystop")] == [
            "auto",
            "0",
            "9999",
            "0",
            "9999",
        ]
        assert await write(Window="center") == "OK\n"
        assert window() == Window(left=0.25, top=0.25, right=0.75, bottom=0.75)
        assert await write(Xstart="3000", Ystop="9999") == "OK\n"
        assert await ask(client, group=f"{sensor}Window") == f"{sensor}Window=custom\n"
        assert await ask(client, group=f"{sensor}Xstart") == f"{sensor}Xstart=3000\n"
        before = window()
        for wrong in ({"Xstart": "9990"}, {"Xstop": "10000"}, {"Window": "nose"}, {"Ystart": "x"}):
            assert (await write(**wrong)).startswith("# Error:"), wrong
        assert window() == before
        assert await write(Window="auto") == "OK\n"
        assert window() is None


async def test_ptz_is_there_as_clients_expect_it(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        ptz = parsed(await ask(client, group="root.PTZ"))
    assert {name.rpartition(".")[2] for name in ptz if ".Support.S5." in name} >= {"AbsolutePan", "AutoIris", "ServerPreset", "SpeedCtl"}
    assert len([name for name in ptz if ".Support.S5." in name]) == 35
    assert (ptz["root.PTZ.CameraDefault"], ptz["root.PTZ.NbrOfSerPorts"], ptz["root.PTZ.CamPorts.Cam1Port"]) == ("5", "0", "-1")
    assert ptz["root.PTZ.Preset.P4.Position.P1.Name"] == "Home"
    assert ptz["root.PTZ.Preset.P4.Position.P1.Data"].startswith("pan=0.0000:tilt=-37.0000:zoom=")
    assert (ptz["root.PTZ.Limit.L5.MinTilt"], ptz["root.PTZ.Limit.L5.MaxTilt"]) == ("-90", "1")
    async with side.client(Role.ADMINISTRATOR) as client:
        assert await ask(client, action="update", **{"PTZ.ImageSource.I0.PTZEnabled": "false"}) == "OK\n"
        assert not any(area.ptz for area in side.services.settings.running.areas)
        assert await ask(client, action="update", **{"PTZ.Various.V6.Locked": "false"}) == "OK\n"
        assert [area.ptz for area in side.services.settings.running.areas] == [False, True, False, False]


@pytest.mark.feature("PTZ-01", "PTZ-02")
async def test_limits_are_told_as_they_are_and_written(side: Side) -> None:
    """What ptz.cgi tells of limits and what the parameters tell is the same, whoever has set them."""

    async def told(client: httpx.AsyncClient) -> list[dict[str, int]]:
        ptz = parsed(await ask(client, group="root.PTZ.Limit.L5"))
        lines = (await client.get("/axis-cgi/com/ptz.cgi?camera=5&query=limits")).text.split()
        return [
            {name.rpartition(".")[2]: int(value) for name, value in ptz.items()},
            {name: round(float(value)) for name, _, value in (line.partition("=") for line in lines)},
        ]

    async with side.client(Role.OPERATOR) as client:
        open_ends = {"MinPan": -180, "MaxPan": 180, "MinTilt": -90, "MaxTilt": 1, "MinZoom": 1, "MaxZoom": 9999}
        assert await told(client) == [open_ends, open_ends]
        wanted = {"MinPan": 170, "MaxPan": -170, "MinTilt": -60, "MaxTilt": -20, "MinZoom": 2000, "MaxZoom": 8000}
        assert await ask(client, action="update", **{f"PTZ.Limit.L5.{name}": str(end) for name, end in wanted.items()}) == "OK\n"
        limits = side.services.settings.running.ptz.limits[0]
        assert (limits.left, limits.right, limits.down, limits.up) == (170, -170, -60, -20)
        side.services.ptz.areas[4].head.restrict(Stops(**limits.model_dump()).within(whole_limits(Mount.CEILING)))
        assert await told(client) == [wanted, wanted]
        said = await ask(client, action="update", **{"PTZ.Limit.L5.MinTilt": "-91"})
        assert said == "# Error: Error setting 'root.PTZ.Limit.L5.MinTilt' to '-91'! Use -90 to 90\n"
        assert (
            await ask(client, action="update", **{f"PTZ.Limit.L5.{name}": str(end) for name, end in (open_ends | {"MaxTilt": 90}).items()})
            == "OK\n"
        )
        assert not any(side.services.settings.running.ptz.limits[0].model_dump().values())


@pytest.mark.feature("PTZ-10")
async def test_guard_tours_are_made_changed_and_removed(side: Side) -> None:
    stored = side.services.settings
    async with side.client(Role.OPERATOR) as client:
        new = {"GuardTour.G.Name": "Round", "GuardTour.G.CamNbr": "6", "GuardTour.G.TimeBetweenSequences": "2", "GuardTour.G.Running": "no"}
        assert await ask(client, action="add", template="guardtour", group="GuardTour", **new) == "G0 OK\n"
        assert await ask(client, action="add", template="guardtour", group="root.GuardTour") == "G1 OK\n"
        for preset, wait in (("1", "5"), ("1", "7")):
            step = {
                "GuardTour.G0.Tour.T.PresetNbr": preset,
                "GuardTour.G0.Tour.T.WaitTime": wait,
                "GuardTour.G0.Tour.T.WaitTimeViewType": "Seconds",
            }
            assert (await ask(client, action="add", template="tour", group="GuardTour.G0.Tour", **step)).endswith(" OK\n")
        one = stored.running.ptz.tours[0]
        assert (one.name, one.area, one.pause, [step.seconds for step in one.steps]) == ("Round", 2, 120, [5, 7])
        listed = parsed(await ask(client, group="GuardTour"))
        assert listed["root.GuardTour.G0.CamNbr"] == "6"
        assert listed["root.GuardTour.G0.Tour.T1.Position"] == "2"
        both = {"GuardTour.G0.Name": "Evening", "GuardTour.G0.Running": "yes", "GuardTour.G0.Tour.T1.MoveSpeed": "33"}
        assert await ask(client, action="update", **both) == "OK\n"
        one = stored.running.ptz.tours[0]
        assert (one.name, one.running, one.steps[1].speed) == ("Evening", True, 33)
        before = stored.running
        refused = await ask(client, action="update", **{"GuardTour.G1.CamNbr": "6", "GuardTour.G1.Running": "yes"})
        assert refused.startswith("# Error: Error setting 'root.GuardTour.G1.Running'")
        assert "preset positions" in refused
        assert stored.running == before
        await ask(client, action="add", template="tour", group="GuardTour.G1.Tour", **{"GuardTour.G1.Tour.T.PresetNbr": "1"})
        assert await ask(client, action="update", **{"GuardTour.G1.CamNbr": "6", "GuardTour.G1.Running": "yes"}) == "OK\n"
        assert [tour.running for tour in stored.running.ptz.tours] == [False, True]
        for wrong in ({"GuardTour.G0.CamNbr": "2"}, {"GuardTour.G0.Tour.T1.WaitTimeViewType": "Hours"}, {"GuardTour.G0.Name": "<b>"}):
            assert (await ask(client, action="update", **wrong)).startswith("# Error:")
        assert (await ask(client, action="add", template="guardtour", **{"GuardTour.G.CamNbr": "wall"})).startswith("# Error:")
        assert await ask(client, action="remove", group="GuardTour.G0.Tour.T0") == "OK\n"
        assert [step.seconds for step in stored.running.ptz.tours[0].steps] == [7]
        assert await ask(client, action="remove", group="root.GuardTour.G1,GuardTour.G0") == "OK\n"
        assert stored.running.ptz.tours == ()
        for gone in ("GuardTour.G0", "GuardTour", "Image.I0", "GuardTour.Gx", ""):
            assert (await ask(client, action="remove", group=gone)).startswith("# Error:")


@pytest.mark.feature("PTZ-08", "PTZ-10", "PTZ-11")
async def test_steps_of_a_guard_tour_keep_their_numbers_and_are_ordered_by_their_places(side: Side) -> None:
    stored, tour = side.services.settings, "GuardTour.G0.Tour"

    def order() -> list[tuple[int | None, int, int]]:
        return [(step.number, step.preset, step.seconds) for step in stored.running.ptz.tours[0].steps]

    async with side.client(Role.OPERATOR) as client:
        await ask(client, action="add", template="guardtour", group="GuardTour")
        for preset in ("1", "2", "3"):
            step = {f"{tour}.T.PresetNbr": preset, f"{tour}.T.WaitTime": preset}
            assert (await ask(client, action="add", template="tour", group=tour, **step)).endswith(" OK\n")
        assert (await ask(client, action="add", template="tour", group=tour)).startswith("# Error")
        turned = {f"{tour}.T0.Position": "3", f"{tour}.T1.Position": "1", f"{tour}.T2.Position": "2"}
        assert await ask(client, action="update", **turned) == "OK\n"
        assert order() == [(1, 2, 2), (2, 3, 3), (0, 1, 1)]
        long = {f"{tour}.T1.WaitTime": "7", f"{tour}.T1.WaitTimeViewType": "Minutes"}
        for update in (long, dict(reversed(long.items()))):  # in either order
            assert await ask(client, action="update", **update) == "OK\n"
            assert order()[0] == (1, 2, 420)
        listed = parsed(await ask(client, group=f"{tour}.T1"))
        assert (listed[f"root.{tour}.T1.WaitTime"], listed[f"root.{tour}.T1.WaitTimeViewType"]) == ("7", "Minutes")
        assert await ask(client, action="remove", group=f"{tour}.T0,{tour}.T1") == "OK\n"
        assert order() == [(2, 3, 3)]  # the others keep their numbers, so both were those that were meant
        again = {f"{tour}.T.PresetNbr": "4", f"{tour}.T.Position": "1"}
        assert await ask(client, action="add", template="tour", group=tour, **again) == "T0 OK\n"
        assert order() == [(0, 4, 10), (2, 3, 3)]
        for wrong in ({f"{tour}.T2.Position": "0"}, {f"{tour}.T1.Position": "1"}, {f"{tour}.T2.WaitTime": "3601"}):
            assert (await ask(client, action="update", **wrong)).startswith("# Error"), wrong
        assert order() == [(0, 4, 10), (2, 3, 3)]


def test_a_tree_is_checked_when_it_is_made() -> None:
    with pytest.raises(ValueError, match=r"two rows for A\.B"):
        Tree([fact("A.B", "1"), fact("A.B", "2")])
    with pytest.raises(ValueError, match=r"both leaf and group: A\.B"):
        Tree([fact("A.B", "1"), Leaf("A.B.C", lambda services: "1", Shape())])
