"""Which codecs this build can write."""

from __future__ import annotations

import av
from av.codec.codec import UnknownCodecError

from panocam.codecs.encoder import FAMILIES
from panocam.media.codec import Codec


def encoders() -> tuple[Codec, ...]:
    """The codecs that ``open_encoder`` can open here, in the order of their declaration."""
    return tuple(codec for codec, row in FAMILIES.items() if not row.library or _exists(row.library))


def _exists(library: str) -> bool:
    try:
        av.Codec(library, "w")
    except UnknownCodecError:
        return False
    return True
