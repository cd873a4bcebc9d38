"""What a stream's address asks for: pictures of a channel or of a recording, events, or both; each is a track with its own control URL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl

from panocam.errors import InvalidValue, NotFound
from panocam.pipeline.request import ChannelSpec
from panocam.pipeline.service import Camera
from panocam.streaming.url import MAX_ARGUMENTS, parse_query, with_profile

YES, NO = frozenset({"1", "on", "yes"}), frozenset({"0", "off", "no"})


class Track(StrEnum):
    """The kinds of tracks, in the order of their numbers."""

    VIDEO = "video"
    METADATA = "metadata"


@dataclass(frozen=True)
class Presentation:
    """``spec`` None: no live pictures. ``topics``: the filter of the events, None for no events. ``recording``: what is played instead of
    the live picture, and ``pictures`` whether its pictures are. ``stamped``: packets say when their picture was taken."""

    spec: ChannelSpec | None
    topics: str | None = None
    recording: str | None = None
    pictures: bool = True
    stamped: bool = False

    @property
    def tracks(self) -> tuple[Track, ...]:
        """By number."""
        pictures = self.pictures if self.recording is not None else self.spec is not None
        there = ((Track.VIDEO, pictures), (Track.METADATA, self.topics is not None))
        return tuple(track for track, is_there in there if is_there)


def plan_presentation(camera: Camera, query: str, events: bool, profiles: Mapping[str, str] | None = None) -> Presentation:
    """The presentation behind a query; ``events`` says whether the camera has any to tell; ``profiles`` are stream profiles.

    Raises InvalidValue naming the argument; a view that is not there is a wrong argument too.
    """
    request = parse_query(query, profiles)
    given = dict(with_profile(parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_ARGUMENTS), profiles or {}))
    topics = given.get("eventtopic", "") if events and _on(given.get("event", "off"), "event") else None
    pictures = _on(given.get("video", "1"), "video")
    if not pictures and topics is None:
        raise InvalidValue("video", given["video"], "without pictures there must be something else to stream: add event=on")
    if "recordingid" in given:
        return Presentation(None, topics, given["recordingid"].strip("\"'"), pictures)
    if not pictures:
        return Presentation(None, topics)
    try:
        return Presentation(camera.plan(request), topics, stamped=_on(given.get("onvifreplayext", "0"), "onvifreplayext"))
    except NotFound as error:
        raise InvalidValue("camera", request.view + 1, str(error)) from None


def _on(text: str, name: str) -> bool:
    if text.lower() in YES | NO:
        return text.lower() in YES
    raise InvalidValue(name, text, "give on or off")
