"""A folder of an SMB 2 or 3 share as a medium, spoken to directly: nothing is mounted and no privilege is needed.

One connection serves the disk's thread and all readers; each request waits for its own answer. A server that hangs lets that wait
forever, so ``abort`` ends the connection from outside and everything that waits raises. What is written goes out in pieces, so that a
slow line is told from a dead one. The traffic is encrypted whenever the server offers it, else signed.
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import ntpath
import socket
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

import smbclient
from smbprotocol import exceptions as smb
from smbprotocol.connection import Connection, Dialects
from smbprotocol.header import NtStatus
from smbprotocol.session import Session
from smbprotocol.tree import TreeConnect

from panocam.storage.address import ShareAddress, ShareFault, Step
from panocam.storage.files import Entry, Output, Space

CONNECT_S = 6
PIECE = 64 << 10
READ_AHEAD = 16 << 10

VERSIONS = {
    "2.0.2": Dialects.SMB_2_0_2,
    "2.1": Dialects.SMB_2_1_0,
    "3.0": Dialects.SMB_3_0_0,
    "3.0.2": Dialects.SMB_3_0_2,
    "3.1.1": Dialects.SMB_3_1_1,
}
_NAMES = {dialect: name for name, dialect in VERSIONS.items()}
_ERRNO = {
    NtStatus.STATUS_ACCESS_DENIED: errno.EACCES,
    NtStatus.STATUS_DISK_FULL: errno.ENOSPC,
    0xC0000802: errno.EDQUOT,  # STATUS_DISK_QUOTA_EXCEEDED
    0xC0000044: errno.EDQUOT,  # STATUS_QUOTA_EXCEEDED
    0xC00000A2: errno.EROFS,  # STATUS_MEDIA_WRITE_PROTECTED
}

_WORDS = {
    errno.EACCES: "access is denied",
    errno.ENOSPC: "it is full",
    errno.EDQUOT: "the quota is used up",
    errno.EROFS: "it can only be read",
}

for _name in ("smbprotocol", "smbclient", "spnego"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)  # what goes wrong is said by the one who asked, in our words


class SmbFiles:
    """``address`` as a medium. ``told(step)`` hears what is tried while connecting."""

    def __init__(self, address: ShareAddress, told: Callable[[Step], None] = lambda step: None) -> None:
        self.address, self._told = address, told
        self._root = "\\".join(("\\", address.host, address.share, *address.folder.split("/"))).rstrip("\\")
        self._connection: Connection | None = None
        self._session: Session | None = None
        self._cache: dict[str, Connection] = {}

    @property
    def where(self) -> str:
        return self.address.shown

    def facts(self) -> dict[str, str]:
        connection, session = self._connection, self._session
        if connection is None or session is None:
            return {"filesystem": "cifs"}
        return {"filesystem": "cifs", "version": _NAMES.get(connection.dialect, "?"), "encrypted": "yes" if session.encrypt_data else "no"}

    # -- the connection

    def connect(self) -> None:
        if self._alive():
            return
        self.disconnect()
        where = self.address
        try:
            self._try(Step.NAME, self._resolve)
            self._try(Step.PORT, self._negotiate)
            self._try(Step.LOGIN, self._log_in)
            self._try(Step.SHARE, self._enter)
        except ShareFault:
            self.disconnect()
            raise
        if where.folder:
            with self._translated(self._root):
                smbclient.makedirs(self._root, exist_ok=True, **self._how())

    def disconnect(self) -> None:
        connection, self._connection, self._session = self._connection, None, None
        self._cache.clear()
        if connection is not None and connection.transport is not None:
            with contextlib.suppress(smb.SMBException, OSError, ValueError):
                connection.disconnect(close=True, timeout=2)

    def abort(self) -> None:
        connection = self._connection
        # The transport's own close waits for a lock that a hanging send holds, so its socket is shut down below it.
        raw = getattr(connection.transport, "_sock", None) if connection is not None else None
        if raw is not None:
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_RDWR)

    def _try(self, step: Step, action: Callable[[], None]) -> None:
        self._told(step)
        try:
            action()
        except (smb.SMBException, OSError, ValueError) as fault:
            if isinstance(fault, ShareFault):
                raise
            raise ShareFault(step, _reason(step, fault, self.address)) from None

    def _resolve(self) -> None:
        socket.getaddrinfo(self.address.host, self.address.port, type=socket.SOCK_STREAM)

    def _negotiate(self) -> None:
        guest = not self.address.user
        guid = smbclient.ClientConfig().client_guid
        self._connection = Connection(guid, self.address.host, self.address.port, require_signing=not guest)
        self._connection.connect(dialect=VERSIONS.get(self.address.version), timeout=CONNECT_S)
        self._cache[f"{self.address.host.lower()}:{self.address.port}"] = self._connection

    def _log_in(self) -> None:
        connection, guest = cast(Connection, self._connection), not self.address.user
        self._session = Session(
            connection,
            username=self.address.user or "guest",
            password=self.address.password,
            require_encryption=bool(connection.supports_encryption) and not guest,
            auth_protocol="ntlm",
        )
        self._session.connect()

    def _enter(self) -> None:
        TreeConnect(self._session, rf"\\{self.address.host}\{self.address.share}").connect()

    def _alive(self) -> bool:
        return self._session is not None and self._connection is not None and bool(self._connection.transport.connected)

    def _how(self) -> dict[str, Any]:
        return {
            "username": self.address.user or "guest",
            "password": self.address.password,
            "port": self.address.port,
            "connection_cache": self._cache,
            "require_signing": bool(self.address.user),
        }

    @contextlib.contextmanager
    def _translated(self, path: str) -> Iterator[None]:
        """The library's faults as OSError. A lost connection is never made again in here: that is the watch's to do."""
        if not self._alive():
            raise OSError(errno.ENOTCONN, f"there is no connection to {self.where}")
        try:
            yield
        except smb.SMBOSError as fault:
            number = _ERRNO.get(fault.ntstatus, fault.errno or errno.EIO)
            raise OSError(number, fault.strerror if fault.errno else _status(fault.ntstatus), path) from None
        except smb.SMBResponseException as fault:
            raise OSError(_ERRNO.get(fault.status, errno.EIO), _status(fault.status), path) from None
        except OSError:
            raise
        except Exception as fault:  # whatever a broken or lying peer makes the library stumble over
            raise OSError(errno.ECONNRESET, f"the connection to {self.where} broke: {fault}") from None

    # -- files

    def _at(self, path: str) -> str:
        return ntpath.join(self._root, *path.split("/")) if path else self._root

    def entries(self, folder: str) -> list[Entry]:
        found = []
        try:
            with self._translated(folder):
                for entry in smbclient.scandir(self._at(folder), **self._how()):
                    if not entry.is_symlink():
                        is_folder = entry.is_dir(follow_symlinks=False)
                        found.append(Entry(entry.name, is_folder, 0 if is_folder else entry.smb_info.end_of_file))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(found, key=lambda entry: entry.name)

    def size(self, path: str) -> int | None:
        try:
            with self._translated(path):
                return int(smbclient.stat(self._at(path), follow_symlinks=False, **self._how()).st_size)
        except FileNotFoundError:
            return None

    def open(self, path: str) -> BinaryIO:
        with self._translated(path):
            raw = smbclient.open_file(self._at(path), "rb", buffering=0, share_access="rwd", **self._how())
        return cast(BinaryIO, io.BufferedReader(_Input(self, raw, path), READ_AHEAD))

    def create(self, path: str, replace: bool = False) -> Output:
        mode = "wb" if replace else "xb"
        try:
            return self._created(path, mode)
        except FileNotFoundError:
            with self._translated(path):
                smbclient.makedirs(self._at(path.rpartition("/")[0]), exist_ok=True, **self._how())
            return self._created(path, mode)

    def _created(self, path: str, mode: str) -> Output:
        with self._translated(path):
            raw = smbclient.open_file(self._at(path), mode, buffering=0, share_access="rwd", **self._how())
        return _Output(self, raw, path)

    def truncate(self, path: str, size: int) -> None:
        with self._translated(path):
            smbclient.truncate(self._at(path), size, **self._how())

    def remove(self, path: str) -> None:
        with contextlib.suppress(FileNotFoundError), self._translated(path):
            smbclient.remove(self._at(path), **self._how())

    def remove_folder(self, path: str) -> bool:
        try:
            with self._translated(path):
                smbclient.rmdir(self._at(path), **self._how())
        except OSError:
            return False
        return True

    def rename(self, path: str, to: str) -> None:
        with self._translated(path):
            smbclient.replace(self._at(path), self._at(to), **self._how())

    def space(self) -> Space:
        with self._translated(""):
            volume = smbclient.stat_volume(self._root, **self._how())
        return Space(int(volume.total_size), int(volume.caller_available_size))


class _Handle:
    """An open file of the library, in our terms."""

    def __init__(self, files: SmbFiles, raw: Any, path: str) -> None:
        self._files, self._raw, self._path = files, raw, path

    def let_go(self) -> None:
        try:
            with self._files._translated(self._path):
                self._raw.close()
        finally:
            self._raw.fd._connected = False  # the server forgets the handles of a connection that is gone


class _Output(_Handle):
    def append(self, data: bytes) -> None:
        view = memoryview(data)
        with self._files._translated(self._path):
            while view:
                view = view[self._raw.write(view[:PIECE]) :]

    def patch(self, at: int, data: bytes) -> None:
        with self._files._translated(self._path):
            end = self._raw.tell()
            self._raw.seek(at)
            try:
                self.append(data)
            finally:
                self._raw.seek(end)

    def flush(self) -> None:
        with self._files._translated(self._path):
            self._raw.flush()

    def close(self) -> None:
        self.let_go()


class _Input(io.RawIOBase):
    def __init__(self, files: SmbFiles, raw: Any, path: str) -> None:
        super().__init__()
        self._handle, self._files, self._raw, self._path = _Handle(files, raw, path), files, raw, path

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        return int(self._raw.tell())

    def readinto(self, buffer: Any) -> int:
        with self._files._translated(self._path):
            return int(self._raw.readinto(buffer))

    def close(self) -> None:
        if not self.closed:
            super().close()
            with contextlib.suppress(OSError):
                self._handle.let_go()


def _status(number: int) -> str:
    """A status of the protocol in words."""
    return _WORDS.get(_ERRNO.get(number, 0), f"the server says 0x{number:08X}")


def _reason(step: Step, fault: BaseException, address: ShareAddress) -> str:
    """What went wrong at a step, and what to do about it. Never holds the password: the library's words are not passed on at the login."""
    denied = isinstance(fault, smb.AccessDenied)
    match step:
        case Step.NAME:
            return f"no address is known for {address.host}; check the name, or give the IP address"
        case Step.PORT if isinstance(fault, ValueError) and "Failed to connect" in str(fault):
            return f"nothing answers at {address.host} port {address.port}; is the server on, and does a firewall let the camera through?"
        case Step.PORT:
            wanted = "SMB 2 or 3" if address.version == "auto" else f"SMB {address.version}"
            return f"{address.host} port {address.port} answers, but does not speak {wanted}; choose another version or port"
        case Step.LOGIN:
            rights = " and the user's rights" if denied else ""
            return f"the server refuses {address.user or 'a guest'}; check user name and password{rights}"
        case Step.SHARE if denied:
            return f"{address.user or 'a guest'} may not use the share {address.share}; give the user rights to it"
        case Step.SHARE:
            return f"the server has no share {address.share}; check the name"
    return str(fault)
