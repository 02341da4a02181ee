"""Open a zip from a stranger: nothing goes to disk; size, ratio and number of members are capped."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib

from app.quizzes.formats.result import UnreadableFile

MAX_MEMBERS = 20_000
MAX_MEMBER_BYTES = 32 * 1024 * 1024
MAX_TOTAL_BYTES = 96 * 1024 * 1024
MAX_RATIO = 200
SMALL = 1024 * 1024
ENCRYPTED = 0x1
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What unpacking a broken member raises."""


class Archive:
    """Give the members of a zip by name; raises UnreadableFile for one that is hostile or broken."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError):
            raise UnreadableFile(
                "The package is not a whole zip file. Export or download it again."
            ) from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._left = MAX_TOTAL_BYTES
        infos = self._zip.infolist()
        if len(infos) > MAX_MEMBERS:
            raise UnreadableFile(f"The package holds more than {MAX_MEMBERS} files. Split it.")
        for info in infos:
            _check(info)
            if not info.is_dir():
                self._members[info.filename.removeprefix("./")] = info

    @property
    def names(self) -> list[str]:
        """Return the names of all files in the package."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str, most: int = MAX_MEMBER_BYTES) -> bytes:
        """Return one member; raises KeyError when there is none of that name."""
        info = self._members[name]
        try:
            with self._zip.open(info) as member:
                data = member.read(min(most, self._left) + 1)
        except DAMAGE:
            raise UnreadableFile(
                f"“{_shown(name)}” in the package is damaged. Export the package again."
            ) from None
        if len(data) > min(most, self._left):
            raise UnreadableFile(f"“{_shown(name)}” is too large once unpacked. Split the package.")
        self._left -= len(data)
        return data

    def head(self, name: str, size: int = 4096) -> bytes:
        """Return the first bytes of a member, empty when it is damaged."""
        try:
            with self._zip.open(self._members[name]) as member:
                return member.read(size)
        except DAMAGE:
            return b""


def _check(info: zipfile.ZipInfo) -> None:
    name = info.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name:
        raise UnreadableFile(
            f"The package holds the path “{_shown(name)}”, which leads out of it. It is not read."
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnreadableFile(f"“{_shown(name)}” in the package is a link to another file. It is not read.")
    if info.flag_bits & ENCRYPTED:
        raise UnreadableFile("The package is locked with a password. Export it without one.")
    if info.file_size > MAX_MEMBER_BYTES:
        raise UnreadableFile(f"“{_shown(name)}” is larger than {MAX_MEMBER_BYTES // SMALL} MB once unpacked.")
    if info.file_size > SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
        raise UnreadableFile(
            f"“{_shown(name)}” unpacks to more than {MAX_RATIO} times its size, which is how zip bombs work. "
            "The package is not read."
        )


def _shown(name: str) -> str:
    return name[:100]
