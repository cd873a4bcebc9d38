"""The privacy gate: what passes it unchanged, and that there is no way around it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import panocam
from panocam.clock import ManualClock
from panocam.imaging.privacy import PrivacyMask
from panocam.media.frame import Frame, RawFrame
from panocam.media.planes import Planes
from panocam.media.stamps import Stage, Stamps

PACKAGE = Path(panocam.__file__).parent
GATE = "imaging/privacy.py"


def makers(source: str) -> list[int]:
    """Lines that call ``Frame`` under whatever name it was imported, derive a class from it, or hand the class itself on."""
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "panocam.media.frame"
        for alias in node.names
        if alias.name == "Frame"
    }

    def is_frame(node: ast.expr) -> bool:
        return (isinstance(node, ast.Name) and node.id in names) or (isinstance(node, ast.Attribute) and node.attr == "Frame")

    lines = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            used = [node.func, *node.args] if not _is_check(node) else []
        elif isinstance(node, ast.ClassDef):
            used = node.bases
        elif isinstance(node, ast.Assign):
            used = [node.value]
        else:
            used = []
        lines += [node.lineno for part in used if is_frame(part)]
    return lines


def _is_check(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in {"isinstance", "issubclass", "cast"}


def test_frames_are_made_by_the_gate_alone() -> None:
    found = {str(path.relative_to(PACKAGE)): makers(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    offenders = {path: lines for path, lines in found.items() if lines and path != GATE}
    assert len(found[GATE]) == 1
    assert not offenders, f"Frame is made outside of {GATE}: {offenders}; pass the RawFrame through PrivacyMask.apply"


@pytest.mark.parametrize(
    "source",
    [
        "from panocam.media.frame import Frame\nFrame(p, 0, 0)",
        "from panocam.media.frame import Frame as Picture\nPicture(p, 0, 0)",
        "from panocam.media import frame\nframe.Frame(p, 0, 0)",
        "import panocam.media.frame\npanocam.media.frame.Frame(p, 0, 0)",
        "from panocam.media.frame import Frame\nmake = Frame",
        "from panocam.media.frame import Frame\nmap(Frame, planes)",
        "from panocam.media.frame import Frame\nclass Mine(Frame): ...",
    ],
)
def test_no_way_around_is_overlooked(source: str) -> None:
    assert makers(source) == [2]


def test_uses_that_make_nothing_are_allowed() -> None:
    assert not makers(
        "from panocam.media.frame import Frame, RawFrame\n"
        "def show(frame: Frame) -> Frame:\n    assert isinstance(frame, Frame)\n    return frame.derive(p, s)\n"
        "RawFrame(p, 0, 0)\nav.VideoFrame(1, 1)"
    )


def test_the_gate_keeps_everything_and_stamps_the_moment() -> None:
    clock = ManualClock(monotonic_ns=500)
    planes = Planes.blank(16, 16)
    raw = RawFrame(planes, 7, 8, Stamps().at(Stage.CAPTURE, 100), discontinuity=True)
    frame = PrivacyMask(clock=clock).apply(raw)
    assert isinstance(frame, Frame)
    assert (frame.pts_ns, frame.wall_ns, frame.discontinuity) == (7, 8, True)
    assert frame.stamps.times == ((Stage.CAPTURE, 100), (Stage.MASK, 500))


def test_the_same_planes_again_give_the_same_planes_again() -> None:
    mask, planes = PrivacyMask(), Planes.blank(16, 16)
    assert mask.apply(RawFrame(planes, 1, 1)).planes is mask.apply(RawFrame(planes, 2, 2)).planes
