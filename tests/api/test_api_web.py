"""Our own REST: views and moves, settings, accounts, status, metrics, the OpenAPI document, the app's files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from api_kit import PASSWORDS, Side, jpeg

from panocam.api.build import application, endpoints
from panocam.api.endpoint import WEBSOCKET, Dialect
from panocam.api.exposition import Kind, Metric, histogram, render
from panocam.events.topics import AUTHENTICATION_FAILED, SYSTEM_READY
from panocam.media.codec import Codec
from panocam.optics.mount import Mount
from panocam.optics.pose import default_poses
from panocam.pipeline.request import StreamRequest
from panocam.settings import Role

HOME = default_poses(Mount.CEILING)[0]


@pytest.mark.feature("VIEW-15", "VIEW-14")
async def test_views_publish_their_resolutions_and_say_why_they_are_missing(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        views = (await client.get("/api/v1/views")).json()["views"]
        assert [view["index"] for view in views] == list(range(12))
        assert views[0]["resolutions"][0] == "2992x2992"
        assert views[4]["pose"] == {
            "view": 4,
            "pan": 0,
            "tilt": HOME.tilt,
            "hfov": HOME.hfov,
            "zoom": pytest.approx(HOME.magnification, abs=1e-4),
        }
        assert [view["index"] for view in views if view["ptz"]] == [4, 5, 6, 7]
        side.camera.mount = Mount.WALL
        views = (await client.get("/api/v1/views")).json()["views"]
        assert [view["index"] for view in views if not view["available"]] == [2, 3, 8, 9, 10, 11]
        assert views[3]["reason"]


@pytest.mark.feature("VIEW-03")
async def test_moves(side: Side) -> None:
    async with side.client(Role.OPERATOR) as client:
        base = "/api/v1/views/4/"
        there = (await client.put(base + "pose", json={"pan": 30, "hfov": 45})).json()
        assert (there["pan"], there["tilt"], there["hfov"]) == (30, HOME.tilt, 45)
        moved = (await client.post(base + "move", json={"pan": -10, "tilt": 5})).json()
        assert (moved["pan"], moved["tilt"]) == (20, HOME.tilt + 5)
        wider = (await client.post(base + "move", json={"zoom": 0.5})).json()
        assert wider["zoom"] == pytest.approx(moved["zoom"] / 2, rel=1e-3)
        middle = (await client.post(base + "center", json={"x": 0.5, "y": 0.5, "zoom": 2})).json()
        assert (middle["pan"], middle["tilt"]) == pytest.approx((20, HOME.tilt + 5), abs=1e-3)
        right = (await client.post(base + "center", json={"x": 1.0, "y": 0.5, "aspect": 16 / 9})).json()
        assert right["pan"] > middle["pan"]
        far = (await client.put(base + "pose", json={"tilt": 89})).json()
        assert far["tilt"] < 10  # a ceiling camera does not see the sky
        assert (await client.post(base + "home", json={})).json()["pan"] == 0
        assert (await client.get(base + "pose")).json()["tilt"] == HOME.tilt


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "name"),
    [
        ("PUT", "0/pose", {"pan": 1}, 400, "view"),
        ("PUT", "12/pose", {"pan": 1}, 404, None),
        ("PUT", "x/pose", {"pan": 1}, 400, "view"),
        ("PUT", "-1/pose", {"pan": 1}, 400, "view"),
        ("PUT", "4/pose", {"pan": 1000}, 400, "pan"),
        ("PUT", "4/pose", {"hfov": 0}, 400, "hfov"),
        ("PUT", "4/pose", {"pam": 1}, 400, "pam"),
        ("PUT", "4/pose", {"pan": "NaN"}, 400, "pan"),
        ("POST", "4/move", {"zoom": 0}, 400, "zoom"),
        ("POST", "4/center", {"x": 2}, 400, "x"),
    ],
)
async def test_bad_moves_name_the_value(side: Side, method: str, path: str, body: object, status: int, name: str | None) -> None:
    async with side.client(Role.OPERATOR) as client:
        reply = await client.request(method, f"/api/v1/views/{path}", json=body)
        assert reply.status_code == status, reply.text
        assert reply.json()["error"].get("name") == name


async def test_a_view_area_without_ptz_does_not_move(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        assert (await client.patch("/api/v1/settings", json={"areas.1.ptz": False})).status_code == 200
        reply = await client.put("/api/v1/views/5/pose", json={"pan": 1})
        assert reply.status_code == 400
        assert "4, 6, 7" in reply.json()["error"]["message"]


async def test_settings_by_role(side: Side) -> None:
    async with side.client(Role.VIEWER) as viewer, side.client(Role.OPERATOR) as operator, side.client(Role.ADMINISTRATOR) as admin:
        seen = (await viewer.get("/api/v1/settings")).json()["values"]
        assert "installation.mount" in seen
        assert "access.throttle" not in seen
        everything = (await admin.get("/api/v1/settings")).json()["values"]
        assert everything["source.password"].strip("*") == ""
        assert (await operator.patch("/api/v1/settings", json={"stream.compression": 50})).json()["values"]["stream.compression"] == 50
        assert (await operator.patch("/api/v1/settings", json={"installation.mount": "wall"})).status_code == 403
        reply = await admin.patch("/api/v1/settings", json={"installation.mount": "wall", "stream.compression": 101})
        assert reply.status_code == 400
        assert reply.json()["error"]["name"] == "stream.compression"
        assert side.services.settings.snapshot.installation.mount == "ceiling"  # all or none
        restart = await admin.patch("/api/v1/settings", json={"network.http_port": 8081})
        assert restart.json()["restart_needed"] == ["network.http_port"]
        for body in ([], "x", 5, {"no.such": 1}):
            assert (await admin.patch("/api/v1/settings", json=body)).status_code == 400
        schema = (await viewer.get("/api/v1/settings/schema")).json()
        assert schema["$defs"]["Stream"]["properties"]["compression"]["write"] == "operator"


async def test_accounts_by_rest(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        new = {"username": "bob", "password": "pw", "role": "viewer", "comment": "door"}
        assert (await client.post("/api/v1/accounts", json=new)).json()["ptz"] is False
        assert (await client.post("/api/v1/accounts", json=new)).status_code == 400
        changed = await client.patch("/api/v1/accounts/bob", json={"role": "operator"})
        assert (changed.json()["role"], changed.json()["ptz"], changed.json()["comment"]) == ("operator", True, "door")
        assert len((await client.get("/api/v1/accounts")).json()["accounts"]) == 4
        assert (await client.delete("/api/v1/accounts/bob")).status_code == 204
        assert (await client.delete("/api/v1/accounts/bob")).status_code == 404
        assert (await client.delete("/api/v1/accounts/anna")).status_code == 403


@pytest.mark.feature("GET-22")
async def test_ones_own_password_and_its_age(side: Side) -> None:
    name, old = PASSWORDS[Role.VIEWER]
    async with side.client(Role.VIEWER) as client:
        side.clock.advance(366 * 86400)
        me = (await client.get("/api/v1/me")).json()
        assert me["password_age_days"] >= 366
        assert me["password_is_old"] is True
        assert (await client.post("/api/v1/me/password", json={"old": "wrong", "new": "n"})).status_code == 401
        assert (await client.post("/api/v1/me/password", json={"old": old, "new": "n"})).json()["password_is_old"] is False
        client.cookies.clear()
        assert (await client.get("/api/v1/me")).status_code == 401
        assert (await client.get("/api/v1/me", auth=(name, "n"))).status_code == 200


async def test_status_and_lens(side: Side) -> None:
    spec = side.camera.plan(StreamRequest(view=4, codec=Codec.H264))
    side.camera.publish(spec, 1)
    async with side.client(Role.VIEWER) as client:
        status = (await client.get("/api/v1/status")).json()
        assert status["source"]["state"] == "live"
        channel = status["channels"][0]
        assert (channel["view"], channel["codec"], channel["latency_ms"]) == (4, "h264", 5.0)
        lens = (await client.get("/api/v1/lens")).json()
        assert lens["circle"]["radius"] == 1400
        side.camera.lens = None
        assert (await client.get("/api/v1/lens")).status_code == 503


async def test_events(side: Side) -> None:
    bus = side.services.bus
    bus.emit(SYSTEM_READY, ready=True)
    bus.emit(AUTHENTICATION_FAILED, peer="192.0.2.1", account="anna", protocol="http")
    async with side.client(Role.ADMINISTRATOR) as client:
        seen = (await client.get("/api/v1/events")).json()["events"]
        assert [event["topic"] for event in seen[:2]] == ["Device/Access/AuthenticationFailed", "Device/Status/SystemReady"]
        assert seen[0]["data"] == {"peer": "192.0.2.1", "account": "anna", "protocol": "http"}
        assert len((await client.get("/api/v1/events?limit=1")).json()["events"]) == 1
        last = seen[0]["sequence"]
        assert [event["sequence"] for event in (await client.get(f"/api/v1/events?after={last - 1}")).json()["events"]] == [last]
        assert (await client.get("/api/v1/events?topic=Device/Status")).json()["events"][0]["data"] == {"ready": True}
        assert (await client.get("/api/v1/events?limit=0")).status_code == 400


SAMPLE = re.compile(r'^[a-z_:]+(\{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.e+-]+$')


async def test_metrics_are_prometheus_text_for_administrators(side: Side) -> None:
    spec = side.camera.plan(StreamRequest(view=0, codec=Codec.JPEG))
    for number in range(3):
        side.camera.publish(spec, number, data=jpeg(16, 16))
    async with side.client(Role.ADMINISTRATOR) as client:
        reply = await client.get("/metrics")
        assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        lines = reply.text.splitlines()
        assert all(SAMPLE.match(line) for line in lines if not line.startswith("#"))
        helped = {line.split()[2] for line in lines if line.startswith("# HELP")}
        assert len(helped) == sum(line.startswith("# TYPE") for line in lines)
        assert 'panocam_source_state{state="live"} 1' in lines
        assert any(line.startswith("panocam_channel_frames_total{") and line.endswith(" 3") for line in lines)
        assert 'panocam_stage_seconds_count{stage="total"} 3' in lines
        assert 'panocam_stage_seconds_bucket{stage="total",le="+Inf"} 3' in lines
        assert any(line.startswith("process_resident_memory_bytes ") for line in lines)


def test_exposition_escapes_and_cumulates() -> None:
    text = render([Metric("m", Kind.HISTOGRAM, "a\nb", histogram({"x": 'q"\\\n'}, (0.5, 1), (1, 2, 3), 4.5))])
    assert text.splitlines() == [
        "# HELP m a\\nb",
        "# TYPE m histogram",
        'm_bucket{x="q\\"\\\\\\n",le="0.5"} 1',
        'm_bucket{x="q\\"\\\\\\n",le="1"} 3',
        'm_bucket{x="q\\"\\\\\\n",le="+Inf"} 6',
        'm_sum{x="q\\"\\\\\\n"} 4.5',
        'm_count{x="q\\"\\\\\\n"} 6',
    ]


async def test_openapi_describes_every_row_and_every_reference_resolves(side: Side) -> None:
    async with side.client() as client:
        document = (await client.get("/api/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    for row in endpoints():
        if row.dialect is Dialect.PAGE or "{path:path}" in row.path:
            continue
        for method in row.methods:
            operation = document["paths"][row.path]["get" if method == WEBSOCKET else method.lower()]
            assert operation["summary"] == row.title
            assert operation["x-role"] == (str(row.role) if row.role else "none")
            declared = {each["name"] for each in operation.get("parameters", []) if each["in"] == "path"}
            assert declared == set(re.findall(r"\{(\w+)\}", row.path))
    references = set(re.findall(r"#/components/schemas/[\w.]+", str(document)))
    assert references
    assert {each.rsplit("/", 1)[1] for each in references} <= set(document["components"]["schemas"])
    identifiers = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(identifiers) == len(set(identifiers))


async def test_the_app_and_its_files(side: Side) -> None:
    async with side.client() as client:
        page = await client.get("/live/anything")
        assert page.headers["cache-control"] == "no-cache"
        assert page.headers["content-encoding"] == "gzip"
        assert "hello" in page.text
        asset = await client.get("/assets/app-1a2b3c.js")
        assert "immutable" in asset.headers["cache-control"]
        again = await client.get("/assets/app-1a2b3c.js", headers={"If-None-Match": asset.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert (await client.get("/icon.svg")).headers["content-type"] == "image/svg+xml"
        for path in ("/missing.js", "/assets/none.js", "/../pyproject.toml", "/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2findex.html.js"):
            reply = await client.get(path)
            assert reply.status_code == 404 or "hello" in reply.text
        head = await client.head("/assets/app-1a2b3c.js")
        assert (head.status_code, head.content) == (200, b"")
        assert (await client.post("/live")).status_code == 405
        unknown = await client.get("/api/v1/none")
        assert (unknown.status_code, unknown.json()["error"]["status"]) == (404, 404)


async def test_without_a_build_a_page_says_how_to_make_one(side: Side, tmp_path: Path) -> None:
    side.app = application(side.services, tmp_path / "nothing")
    async with side.client() as client:
        reply = await client.get("/")
        assert reply.status_code == 503
        assert "make web" in reply.text
