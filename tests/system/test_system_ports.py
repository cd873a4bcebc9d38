"""I/O of the running camera through an unmodified client: its handlers read and set ports, its event stream tells what happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from system_camera import NAME, PASSWORD, RunningCamera

rtsp = pytest.importorskip("axis.rtsp", reason="the axis package is a client that is not installed here")


@asynccontextmanager
async def device(camera: RunningCamera) -> AsyncIterator[Any]:
    from axis.device import AxisDevice
    from axis.models.configuration import Configuration

    async with httpx.AsyncClient(verify=False) as session:
        url = httpx.URL(camera.ready["http"])
        yield AxisDevice(Configuration(session, url.host, username=NAME, password=PASSWORD, port=url.port or 80))


class Heard:
    """What the client's event manager was told."""

    def __init__(self, device: Any) -> None:
        self.events: list[Any] = []
        self._news = asyncio.Event()
        device.event.subscribe(self._hear)

    def _hear(self, event: Any) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, right: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(10):
            while True:
                for event in self.events:
                    if right(event):
                        return event
                self._news.clear()
                await self._news.wait()


def test_the_axis_package_reads_and_sets_ports(known: RunningCamera) -> None:
    async def work() -> None:
        from axis.models.parameters.io_port import PortDirection
        from axis.models.port_management import PortConfiguration, Sequence

        async with device(known) as axis:
            await axis.vapix.initialize()
            ports = axis.vapix.io_port_management
            assert {id: (port.name, port.direction, port.state) for id, port in ports.items()} == {
                "0": ("Port 1", "input", "open"),
                "1": ("Port 2", "output", "open"),
            }
            await ports.set_ports([PortConfiguration("0", name="Door", usage="Door", normal_state="closed")])
            await ports.close("1")
            now = await ports.get_ports()
            assert (now["0"].name, now["0"].usage, now["0"].normal_state, now["1"].state) == ("Door", "Door", "closed", "closed")
            await ports.set_state_sequence("1", [Sequence("closed", 10), Sequence("open", 10)])
            async with asyncio.timeout(5):
                while (await ports.get_ports())["1"].state != "open":
                    pass

            await axis.vapix.event_instances.update()
            declared = {topic: instance for topic, instance in axis.vapix.event_instances.items() if "/tnsaxis:IO/" in topic}
            assert [(each.source["@Name"], each.data["@Name"], each.stateful) for each in declared.values()] == [
                ("port", "state", True),
                ("port", "active", True),
                ("port", "state", True),
            ]

            old = axis.vapix.port_cgi
            await old.update()
            assert (old["0"].name, old["1"].direction) == ("Door", PortDirection.OUT)
            await old.close("1")
            assert (await ports.get_ports())["1"].state == "closed"
            await old.open("1")
            assert (await ports.get_ports())["1"].state == "open"

    asyncio.run(work())


def test_the_axis_package_hears_ports_over_rtsp(known: RunningCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    """The states first, as Initialized, and for the ports that it knows; then every change."""
    monkeypatch.setattr(rtsp, "RTSP_PORT", known.port("rtsp"))

    async def work() -> None:
        from axis.models.event import EventOperation, EventTopic

        async with device(known) as axis:
            await axis.vapix.io_port_management.update()
            heard = Heard(axis)
            axis.enable_events()
            axis.stream.start()
            try:
                for topic, port in ((EventTopic.PORT_INPUT, "0"), (EventTopic.RELAY, "1")):
                    first = await heard.until(lambda event, topic=topic: event.topic_base is topic)
                    assert (first.id, first.operation, first.is_tripped) == (port, EventOperation.INITIALIZED, False)
                    assert first.id in axis.vapix.io_port_management
                async with httpx.AsyncClient(base_url=known.ready["http"], verify=False, auth=httpx.DigestAuth(NAME, PASSWORD)) as client:
                    reply = await client.put("/api/v1/ports/0/state", json={"active": True})
                    assert reply.status_code == 200
                    await heard.until(lambda event: event.topic_base is EventTopic.PORT_INPUT and event.is_tripped)
                    await axis.vapix.io_port_management.close("1")
                    last = await heard.until(lambda event: event.topic_base is EventTopic.RELAY and event.is_tripped)
                    assert (last.operation, last.state) == (EventOperation.CHANGED, "active")
                    await client.put("/api/v1/ports/0/state", json={"active": False})
                    await axis.vapix.io_port_management.open("1")
                    kinds = {event.topic_base for event in heard.events if event.operation is EventOperation.INITIALIZED}
                    assert {EventTopic.PTZ_IS_MOVING, EventTopic.PTZ_ON_PRESET} <= kinds
            finally:
                axis.stream.stop()

    asyncio.run(work())


def test_ports_are_kept_and_their_states_are_not(fresh: RunningCamera) -> None:
    fresh.start()
    fresh.create_administrator()
    ports = [{"name": "Gate", "direction": "output", "usage": "Door", "normal": "closed"}]
    fresh.change(ports__items=ports)
    with fresh.client() as client:
        assert client.put("/api/v1/ports/0/state", json={"active": True}).json()["ports"][0]["state"] == "open"
    fresh.kill()
    fresh.start()
    (port,) = fresh.get("/api/v1/ports")["ports"]
    assert port | {"number": 0} == {**ports[0], "number": 0, "state": "closed", "active": False, "busy": False}
    assert fresh.stop() == 0


def test_every_condition_is_told_at_the_beginning(known: RunningCamera) -> None:
    """Whatever can hold has a state from the start, so that clients need not guess."""
    found = {event["topic"] for event in known.get("/api/v1/events/conditions")["events"]}
    assert found >= {
        "Device/IO/Input", "Device/IO/Output", "Device/IO/VirtualInput", "Device/IO/ManualTrigger", "Device/Status/SystemReady",
        "VideoSource/LiveStreamAccessed", "Device/VideoSource/Lost", "PTZController/Moving", "PTZController/PresetReached",
    }  # fmt: skip
    log = [event["topic"] for event in known.events() if event["operation"] == "Initialized"]
    assert "PTZController/Tour" not in log  # "the guard tour ended" was nothing that happened
