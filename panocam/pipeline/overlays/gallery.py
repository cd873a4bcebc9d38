"""The image store: accepted pictures as files of the data folder, one file each.

A file is one line of JSON (kind, size, whether it scales) and then the picture, so that a crash leaves a whole picture or none. The name
of a file is made from the upload's name by leaving out whatever is not harmless; ``.ovl`` ends it.
"""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from panocam.errors import Busy, InvalidValue, NotFound, PanocamError, Unavailable
from panocam.imaging.artwork import LARGEST_FILE, Artwork, accept
from panocam.imaging.svg import CPU_S
from panocam.settings import atomic
from panocam.settings.folder import DataFolder

log = logging.getLogger(__name__)

FOLDER = "overlays"
SUFFIX = ".ovl"
MOST = 64
LONGEST_HEAD = 4096
TRIAL_S = CPU_S + 4.0


@dataclass(frozen=True)
class Picture:
    """What is known of a stored picture without reading it all."""

    name: str
    kind: str
    width: float
    height: float
    scalable: bool
    bytes: int


class Gallery:
    """All methods may block; call them off the event loop."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def list(self) -> list[Picture]:
        """All pictures by name; a damaged file is logged and left out."""
        found = []
        for path in sorted(self._folder.folder(FOLDER).glob(f"*{SUFFIX}")):
            try:
                found.append(_picture(path, _read(path)))
            except PanocamError as fault:
                log.warning("%s", fault)
        return found

    def read(self, name: str) -> Artwork:
        """A picture by its name. Raises NotFound, Unavailable for a damaged one."""
        return _read(self._path(name))

    def extent(self, name: str) -> tuple[float, float, bool]:
        """(width, height, whether it scales) of a picture, of which no more is read: it may be called anywhere. Raises as ``read``."""
        known = _read(self._path(name), LONGEST_HEAD)
        return known.width, known.height, known.scalable

    def add(self, data: bytes, filename: str, *, scalable: bool = True, see_through: str = "") -> Picture:
        """Check an upload and keep it. Raises InvalidValue for what cannot be shown, Busy when the store is full, Unavailable."""
        name = clean(filename)
        path = self._folder.folder(FOLDER) / name
        names = {picture.name for picture in self.list()}
        if name in names:
            raise InvalidValue("file", filename, f"{name} is in the store already; delete it first, or rename the file")
        if len(names) >= MOST:
            raise Busy(f"the image store is full ({MOST} images): delete one that is not needed")
        art = accept(data, filename, scalable=scalable, see_through=see_through)
        if art.kind == "svg":
            _try(data, filename)
        head = {"kind": art.kind, "width": art.width, "height": art.height, "scalable": art.scalable}
        atomic.write(path, json.dumps(head).encode() + b"\n" + art.data)
        return _picture(path, art)

    def remove(self, name: str) -> None:
        """Raises NotFound, Unavailable."""
        path = self._path(name)
        try:
            path.unlink()
        except FileNotFoundError:
            raise _missing(name) from None
        except OSError as fault:
            raise Unavailable(f"{path} cannot be deleted: {fault.strerror}") from None
        atomic.flush_folder(path.parent)

    def _path(self, name: str) -> Path:
        if clean(name) != name:
            raise _missing(name)
        return self._folder.folder(FOLDER) / name


def clean(filename: str) -> str:
    """The name that a file gets in the store. Raises InvalidValue when nothing remains of it."""
    last = PurePosixPath(filename.replace("\\", "/")).name
    stem = last.rsplit(".", 1)[0] if "." in last else last
    kept = re.sub(r"[^A-Za-z0-9 _.()+-]+", "_", stem).strip(" ._")[:64].strip(" ._")
    if not kept:
        raise InvalidValue("file name", filename, "give the file a name with letters or digits")
    return kept + SUFFIX


def _missing(name: str) -> NotFound:
    return NotFound(f"image={name[:80]!r}: there is no such image in the store; give its whole name there, which ends in {SUFFIX}")


def _read(path: Path, most: int = -1) -> Artwork:
    """At ``most`` so many bytes of it."""
    try:
        if path.is_symlink() or path.stat().st_size > 2 * LARGEST_FILE + 4096 * 4096 * 4:
            raise Unavailable(f"overlay image {path.name} is not a file of the store; delete it")
        with path.open("rb") as file:
            head, _, data = file.read(most).partition(b"\n")
        known = json.loads(head)
        kind, width, height = known["kind"], float(known["width"]), float(known["height"])
        if kind not in ("png", "svg") or not (0 < width < 1e5 and 0 < height < 1e5):
            raise ValueError(kind)
        return Artwork(kind, data, width, height, bool(known["scalable"]))
    except FileNotFoundError:
        raise _missing(path.name) from None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Unavailable(f"overlay image {path.name} is damaged ({type(fault).__name__}); upload it again") from None


def _picture(path: Path, art: Artwork) -> Picture:
    return Picture(path.name, art.kind, art.width, art.height, art.scalable, len(art.data))


def _try(data: bytes, filename: str) -> None:
    """Draw a drawing once in a process of its own; see ``imaging.svg``."""
    command = [sys.executable, "-m", "panocam.imaging.svg"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=TRIAL_S, check=False)  # noqa: S603 - our own program
    except subprocess.TimeoutExpired:
        raise InvalidValue("file", filename, "takes too long to draw; simplify the drawing") from None
    except OSError as fault:
        raise Unavailable(f"drawings cannot be tried out now: {fault.strerror}") from None
    if done.returncode == 1 and done.stdout:
        raise InvalidValue("file", filename, done.stdout.decode("utf-8", "replace").strip()[:300])
    if done.returncode:
        raise InvalidValue("file", filename, "takes too long or too much memory to draw; simplify the drawing")
