"""Two libraries that look for devices, as Home Assistant uses them: prints what they found, as JSON.

python finders.py upnp ADDRESS | onvif
"""

import asyncio
import json
import sys

from async_upnp_client.aiohttp import AiohttpRequester
from async_upnp_client.client_factory import UpnpFactory
from async_upnp_client.search import async_search
from wsdiscovery import QName
from wsdiscovery.discovery import ThreadedWSDiscovery


async def upnp(address):
    places = {}

    async def heard(headers):
        places[headers["location"]] = headers["usn"]

    await async_search(heard, timeout=2, source=(address, 0))
    devices = []
    for place in places:
        if f"//{address}:" in place:
            device = await UpnpFactory(AiohttpRequester()).async_create_device(place)
            facts = (device.manufacturer, device.serial_number, device.friendly_name, device.model_number, device.presentation_url)
            devices.append([*facts, device.udn])
    return devices


def onvif():
    looking, video = ThreadedWSDiscovery(), QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")
    looking.start()
    try:
        found = {"any": looking.searchServices(timeout=2)}
        looking.clearRemoteServices()
        found["video"] = looking.searchServices(types=[video], timeout=2)
    finally:
        looking.stop()
    return {
        kind: [[[str(scope) for scope in service.getScopes()], service.getXAddrs()] for service in services]
        for kind, services in found.items()
    }


print(json.dumps(asyncio.run(upnp(sys.argv[2])) if sys.argv[1] == "upnp" else onvif()))
