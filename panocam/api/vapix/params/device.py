"""What the camera is and can do: the groups Brand and Properties, and a few that only say that an API exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from panocam.api.services import Services
from panocam.api.vapix.basicdeviceinfo import properties
from panocam.api.vapix.params.leaf import Leaf, facts, numbered
from panocam.optics.capture import capture_mode
from panocam.optics.catalog import VIEWS, Model, resolutions
from panocam.settings.privacy import MOST_MASKS
from panocam.settings.ptz import MAX_TOURS
from panocam.settings.storage import CARD, MOST_PROFILES


def _device(name: str) -> Callable[[Services], object]:
    """A property as basicdeviceinfo.cgi has it."""
    return lambda services: properties(services)[name]


def _sizes(services: Services, view: int) -> str:
    model = Model(services.settings.snapshot.device.model)
    return ",".join(f"{width}x{height}" for width, height in resolutions(model, view, services.camera.source_size))


def _dewarp(services: Services) -> bool:
    return capture_mode(services.settings.snapshot.installation.capture_mode).dewarped


BRAND = ("Brand", "ProdFullName", "ProdNbr", "ProdShortName", "ProdType", "ProdVariant", "WebURL")


def rows() -> Iterator[Leaf]:
    """Every leaf of these groups."""
    yield from facts("Brand", {name: _device(name) for name in BRAND})
    yield from facts(
        "Properties",
        {
            "API.HTTP.AdminPath": "/",
            "API.HTTP.Version": "3",
            "API.Metadata.Metadata": lambda services: services.rtsp is not None,
            "API.Metadata.Version": "1.01",
            "API.PTZ.Presets.Version": "2.00",
            "API.RTSP.RTSPAuth": "yes",
            "API.RTSP.Version": "2.01",
            "API.WebSocket.RTSP.RTSP": lambda services: services.rtsp is not None,
            "ApiDiscovery.ApiDiscovery": "yes",
            "Firmware.BuildDate": _device("BuildDate"),
            "Firmware.BuildNumber": _device("Version"),
            "Firmware.Version": _device("Version"),
            "DynamicOverlay.DynamicOverlay": lambda services: services.overlays is not None,
            "DynamicOverlay.Version": "1.8",
            "Geolocation.Geolocation": "yes",
            "Geolocation.Version": "0.01",
            "GuardTour.GuardTour": "yes",
            "GuardTour.MaxGuardTours": str(4 * MAX_TOURS),
            "GuardTour.GuardTourChannels": "5, 6, 7, 8",
            "GuardTour.MinGuardTourWaitTime": "0",
            "GuardTour.RecordedTour": "yes",
            "HTTPS.HTTPS": "yes",
            "Image.Dewarp": _dewarp,
            "Image.Format": "jpeg,mjpeg,h264,h265,av1",
            "Image.H264.Profiles": "Baseline,Main,High",
            "Image.NbrOfViews": str(len(VIEWS)),
            "Image.Resolution": lambda services: _sizes(services, 0),
            "Image.Rotation": "0",
            "LightControl.LightControl2": "no",
            "LightControl.LightControlAvailable": "no",
            "LocalStorage.LocalStorage": lambda services: services.storage is not None,
            "LocalStorage.Version": "1.00",
            "LocalStorage.AutoRepair": "yes",
            "LocalStorage.ContinuousRecording": "yes",
            "LocalStorage.DiskEncryption": "no",
            "LocalStorage.DiskHealth": "yes",
            "LocalStorage.ExportRecording": "yes",
            "LocalStorage.FailOverRecording": "yes",
            "LocalStorage.NbrOfContinuousRecordingProfiles": str(MOST_PROFILES),
            "LocalStorage.RequiredFileSystem": "no",
            "LocalStorage.SDCard": lambda services: services.storage is not None and CARD in services.storage.volumes,
            "LocalStorage.StorageLimit": "yes",
            "NetworkShare.CIFS": "yes",
            "NetworkShare.IPV6": "no",
            "NetworkShare.NameLookup": "yes",
            "NetworkShare.NetworkShare": "yes",
            "PTZ.DigitalPTZ": "yes",
            "PTZ.DriverManagement": "no",
            "PTZ.PTZ": "yes",
            "PTZ.PTZOnQuadView": "no",
            "PrivacyMask.MainSwitch": "yes",
            "PrivacyMask.MaxNbrOfCorners": "10",
            "PrivacyMask.MaxNbrOfPrivacyMasks": str(MOST_MASKS),
            "PrivacyMask.Polygon": "yes",
            "PrivacyMask.PrivacyMask": "yes",
            "PrivacyMask.Query": "yes",
            "QuadOverview.QuadOverview": "yes",
            "QuadOverview.QuadViewOrder": "yes",
            "System.Architecture": _device("Architecture"),
            "System.HardwareID": _device("HardwareID"),
            "System.Language": "English",
            "System.LanguageType": "default",
            "System.SerialNumber": _device("SerialNumber"),
            "System.Soc": _device("Soc"),
        },
    )
    everywhere = range(len(VIEWS))
    yield from numbered("Properties.Image.I#.Resolution", everywhere, _sizes)
    yield from numbered("Properties.Image.I#.Rotation", everywhere, lambda services, view: "0")
    yield from facts("BasicDeviceInfo", {"BasicDeviceInfo": "yes"})
