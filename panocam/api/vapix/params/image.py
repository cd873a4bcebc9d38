"""Views, streams and the sensor: the groups Image and ImageSource.

What a stream is like when its address does not say is one set of settings for all views, so ``Image.I0.MPEG.PCount`` and its eleven
siblings are the same number, and writing one writes all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from panocam.api.services import Services
from panocam.api.vapix.params.leaf import YES_NO, Changes, Leaf, Shape, bound, choice, fact, facts, number, numbered, text, whole
from panocam.errors import NotFound
from panocam.media.codec import BitrateMode, BitratePriority, H264Profile
from panocam.optics.catalog import VIEWS, Model, resolutions
from panocam.pipeline.request import StreamRequest
from panocam.streaming.url import ZSTRENGTHS

COUNT = len(VIEWS)
EACH = range(COUNT)


def rows() -> Iterator[Leaf]:
    """Every leaf of these groups."""
    yield from facts("Image", {"NbrOfConfigs": str(COUNT), "RFCCompliantMultipartEnabled": "yes"})
    yield from bound("Image.I#.Enabled", "views.#.enabled", YES_NO, COUNT)
    yield from bound("Image.I#.Name", "views.#.name", text(64), COUNT)
    yield from numbered("Image.I#.Source", EACH, lambda services, view: "0")
    yield from _appearance()
    yield from _stream()
    yield from _source()


def _appearance() -> Iterator[Leaf]:
    for view in EACH:
        group = f"Image.I{view}.Appearance"
        yield fact(f"{group}.ColorEnabled", "yes")
        yield from bound(f"{group}.Compression", "stream.compression", whole(0, 100))
        yield fact(f"{group}.MirrorEnabled", "no")
        yield Leaf(f"{group}.Resolution", _resolution(view), Shape(length=9), _set_resolution, title="Resolution")
        yield fact(f"{group}.Rotation", "0")


def _resolution(view: int) -> Callable[[Services], str]:
    """The size that a stream of the view has when its address names none."""

    def read(services: Services) -> str:
        try:
            profile = services.camera.plan(StreamRequest(view)).profile
        except NotFound:  # a view that is not there now: what it would offer
            width, height = resolutions(Model(services.settings.snapshot.device.model), view)[0]
            return f"{width}x{height}"
        return f"{profile.width}x{profile.height}"

    return read


def _set_resolution(services: Services, size: str, so_far: Changes) -> Changes:
    return {"stream.resolution": size}


def _stream() -> Iterator[Leaf]:
    modes = choice({str(mode): mode for mode in BitrateMode})
    priorities = choice({str(priority): priority for priority in BitratePriority})
    profiles = choice({str(profile): profile for profile in H264Profile})
    for view in EACH:
        group = f"Image.I{view}"
        yield fact(f"{group}.MPEG.ConfigHeaderInterval", "1")
        yield fact(f"{group}.MPEG.FrameSkipMode", "drop")
        yield from bound(f"{group}.MPEG.H264.Profile", "stream.h264_profile", profiles)
        yield fact(f"{group}.MPEG.H264.PSEnabled", "yes")
        yield fact(f"{group}.MPEG.ICount", "1")
        yield from bound(f"{group}.MPEG.SignedVideo.Enabled", "signing.enabled", YES_NO)
        yield from bound(f"{group}.MPEG.ZStrength", "stream.zipstream", choice(dict(ZSTRENGTHS)))
        yield Leaf(f"{group}.MPEG.PCount", _p_count, Shape("int", 0, 1022), _set_p_count, title="P-frames between key frames")
        yield from bound(f"{group}.RateControl.Mode", "stream.bitrate_mode", modes)
        yield from bound(f"{group}.RateControl.MaxBitrate", "stream.max_bitrate_kbps", whole(50, 200_000))
        yield from bound(f"{group}.RateControl.Priority", "stream.bitrate_priority", priorities)
        yield fact(f"{group}.RateControl.TargetBitrate", lambda services: services.settings.snapshot.stream.max_bitrate_kbps)
        yield fact(f"{group}.Stream.Duration", "0")
        yield from bound(f"{group}.Stream.FPS", "stream.fps", whole(0, 120))
        yield fact(f"{group}.Stream.NbrOfFrames", "0")


def _p_count(services: Services) -> str:
    return str(services.settings.snapshot.stream.gop - 1)


def _set_p_count(services: Services, count: str, so_far: Changes) -> Changes:
    return {"stream.gop": number(count) + 1}


def _source() -> Iterator[Leaf]:
    yield fact("ImageSource.NbrOfSources", "1")
    yield from bound("ImageSource.I0.Name", "device.name", text(63))
    yield from bound("ImageSource.I0.CaptureFrequency", "installation.power_line", choice({"50Hz": 50, "60Hz": 60}))
    tilts = choice({"-90": "ceiling", "0": "wall", "90": "desk"})
    yield from bound("ImageSource.I0.CameraTiltOrientation", "installation.mount", tilts)
    yield from bound("ImageSource.I0.Rotation", "installation.roll", whole(-180, 180))
    yield fact("ImageSource.I0.AutoRotationEnabled", "no")
