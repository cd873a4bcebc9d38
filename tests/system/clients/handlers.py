"""The axis library's handlers, used as a program uses them, whatever its release: prints what they gave, as JSON.

python handlers.py HOST PORT USER PASSWORD
"""

import asyncio
import json
import sys

from axis.device import AxisDevice
from axis.models.configuration import Configuration
from axis.models.event import EventOperation, EventTopic
from axis.models.ptz_cgi import PtzQuery
from httpx import AsyncClient

AREA = 5


async def main(host, port, username, password):
    session = AsyncClient(verify=False)
    device = AxisDevice(Configuration(session, host, port=int(port), username=username, password=password))
    vapix = device.vapix
    await vapix.initialize_users()
    await vapix.load_user_groups()
    await vapix.initialize()
    await vapix.initialize_event_instances()
    ptz = vapix.params.ptz_handler["0"]
    found = {
        "serial": vapix.serial_number,
        "product": vapix.product_number,
        "type": vapix.product_type,
        "firmware": vapix.firmware_version,
        "access": vapix.access_rights.name,
        "users": sorted(vapix.users),
        "apis": sorted(api for api in vapix.api_discovery),
        "views": sorted(area.camera for area in vapix.view_areas.values()),
        "images": vapix.params.property_handler["0"].image_number_of_views,
        "image_format": vapix.params.property_handler["0"].image_format,
        "profiles": {profile.name: profile.parameters for profile in vapix.streaming_profiles},
        "ptz_cameras": ptz.number_of_cameras,
        "event_topics": sorted(vapix.event_instances),
    }

    heard = asyncio.Queue()
    device.enable_events()
    device.event.subscribe(heard.put_nowait, topic_filter=EventTopic.PTZ_IS_MOVING)
    device.event.subscribe(heard.put_nowait, topic_filter=EventTopic.RELAY)
    device.stream.start()
    known = []
    async with asyncio.timeout(20):
        while len(known) < 4:
            known.append(await heard.get())
        assert {event.operation for event in known} == {EventOperation.INITIALIZED}, known

        await vapix.ptz.control(camera=AREA, pan=-60 if b"pan=33.5" in await vapix.ptz.query(PtzQuery.POSITION) else 33.5)
        moving = []
        while not moving or moving[-1].is_tripped:
            event = await heard.get()
            if event.topic.endswith(f"Channel_{AREA}") or event.id == str(AREA):
                moving.append(event)
        found["position"] = (await vapix.ptz.query(PtzQuery.POSITION)).decode()
        found["moves"] = [event.is_tripped for event in moving]

        outputs = [port for port in vapix.ports.values() if port.direction == "output"]
        found["outputs"] = [port.id for port in outputs]
        await vapix.ports.close(outputs[0].id)
        relay = None
        while relay is None or not relay.is_tripped or "Relay" not in relay.topic:
            relay = await heard.get()
        found["relay"] = relay.id
        await vapix.ports.update()
        found["closed"] = vapix.ports[outputs[0].id].state
        await vapix.ports.open(outputs[0].id)
        await vapix.ports.update()
        found["opened"] = vapix.ports[outputs[0].id].state

    device.stream.stop()
    await session.aclose()
    print(json.dumps(found))


asyncio.run(main(*sys.argv[1:]))
