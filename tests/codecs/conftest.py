"""Codecs to run a test with, and encoders that are closed after it."""

from collections.abc import Callable, Iterable

import pytest

from panocam.codecs.encoder import Encoder
from panocam.media.codec import Codec


@pytest.fixture(params=list(Codec), ids=[c.value for c in Codec])
def codec(request: pytest.FixtureRequest) -> Codec:
    return request.param


@pytest.fixture(params=[Codec.H264, Codec.H265, Codec.AV1], ids=["h264", "h265", "av1"])
def video(request: pytest.FixtureRequest) -> Codec:
    """The codecs with pictures that lean on others."""
    return request.param


@pytest.fixture
def opened() -> Iterable[Callable[[Encoder], Encoder]]:
    """Closes the encoders that a test opened."""
    mine: list[Encoder] = []

    def keep(encoder: Encoder) -> Encoder:
        mine.append(encoder)
        return encoder

    yield keep
    for encoder in mine:
        encoder.close()
