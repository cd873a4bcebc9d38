"""The list of APIs names what is there and nothing else: clients call at once what it names, and nothing that it does not."""

from __future__ import annotations

from api_kit import Side

from panocam.api.build import endpoints
from panocam.api.vapix import ENDPOINTS
from panocam.settings import Role

PATHS = {
    "analytics-metadata-config": "/axis-cgi/analyticsmetadataconfig.cgi",
    "api-discovery": "/axis-cgi/apidiscovery.cgi",
    "basic-device-info": "/axis-cgi/basicdeviceinfo.cgi",
    "capture-mode": "/axis-cgi/capturemode.cgi",
    "customhttpheader": "/axis-cgi/customhttpheader.cgi",
    "disk-management": "/axis-cgi/disks/list.cgi",
    "dynamicoverlay": "/axis-cgi/dynamicoverlay/dynamicoverlay.cgi",
    "event-streaming-over-websocket": "/vapix/ws-data-stream",
    "feature-flag": "/axis-cgi/featureflag.cgi",
    "fwmgr": "/axis-cgi/firmwaremanagement.cgi",
    "image-size": "/axis-cgi/imagesize.cgi",
    "io-port-management": "/axis-cgi/io/portmanagement.cgi",
    "light-control": "/axis-cgi/lightcontrol.cgi",
    "mdnssd": "/axis-cgi/mdnssd.cgi",
    "media-cgi": "/axis-cgi/media.cgi",
    "mqtt-client": "/axis-cgi/mqtt/client.cgi",
    "event-mqtt-bridge": "/axis-cgi/mqtt/event.cgi",
    "network-settings": "/axis-cgi/network_settings.cgi",
    "ntp": "/axis-cgi/ntp.cgi",
    "overlayimage": "/axis-cgi/uploadoverlayimage.cgi",
    "packagemanager": "/axis-cgi/applications/list.cgi",
    "param-cgi": "/axis-cgi/param.cgi",
    "pir-sensor-configuration": "/axis-cgi/pirsensor.cgi",
    "privacy-mask": "/axis-cgi/privacymask.cgi",
    "ptz-control": "/axis-cgi/com/ptz.cgi",
    "recording": "/axis-cgi/record/list.cgi",
    "recording-export": "/axis-cgi/record/export/exportrecording.cgi",
    "remote-syslog": "/axis-cgi/remotesyslog.cgi",
    "reposition-quadview": "/axis-cgi/quadviewsetup.cgi",
    "rtsp-over-websocket": "/rtsp-over-websocket",
    "siren-and-light": "/axis-cgi/siren_and_light.cgi",
    "stream-profiles": "/axis-cgi/streamprofile.cgi",
    "streamstatus": "/axis-cgi/streamstatus.cgi",
    "systemready": "/axis-cgi/systemready.cgi",
    "temperaturecontrol": "/axis-cgi/temperaturecontrol.cgi",
    "time-service": "/axis-cgi/time.cgi",
    "user-management": "/axis-cgi/pwdgrp.cgi",
    "view-area": "/axis-cgi/viewarea/info.cgi",
}
"""Where clients go for an API that they know."""

WITHOUT_PATH = {"signed-video"}
"""Ways of streams, not paths."""


async def test_an_api_is_listed_if_and_only_if_its_path_is_there(side: Side) -> None:
    async with side.client(Role.VIEWER) as client:
        reply = await client.post("/axis-cgi/apidiscovery.cgi", json={"apiVersion": "1.0", "context": "c", "method": "getApiList"})
    entries = reply.json()["data"]["apiList"]
    listed = {entry["id"] for entry in entries}
    there = {row.path for row in endpoints()}
    assert len(listed) == len(entries)
    assert {api for api, path in PATHS.items() if path in there} == listed & PATHS.keys()
    declared = {row.discovery.id for row in ENDPOINTS if row.discovery is not None}
    assert listed == declared | WITHOUT_PATH
    assert all(entry[key] for entry in entries for key in ("id", "version", "name", "docLink", "status"))


async def test_what_is_not_there_is_never_a_page(side: Side) -> None:
    async with side.client(Role.ADMINISTRATOR) as client:
        for path in ("/axis-cgi/no.cgi", "/vapix/no", "/config/discover", "/config/rest/ssh/v2beta/users", "/api/v1/no"):
            for method in ("GET", "POST", "PATCH"):
                assert (await client.request(method, path)).status_code == 404, path
