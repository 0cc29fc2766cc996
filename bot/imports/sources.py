"""Where an archive's files are: a folder, or a ZIP that is read where it lies and never unpacked.

What leads out of the folder, and what grows beyond all measure when it is unpacked, is refused
before anything is imported.
"""

import re
import stat
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from bot.core.errors import Refused

MOST_FILES = 1_000_000

SWELLS = 250
"""How many times larger than the ZIP its files may be: exports shrink to a fifth or a fiftieth."""

HARMLESS = 1 << 26
"""Bytes up to which that is of no matter."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive, by its path in it."""

    path: PurePosixPath
    size: int


class Source(Protocol):
    name: str

    def entries(self) -> Sequence[Entry]:
        """Its JSON files, by their paths. Raises Refused."""

    def read(self, entry: Entry) -> bytes:
        """Raises Refused where it is not what it said."""

    def close(self) -> None: ...


def opened(path: Path) -> Source:
    """Raises Refused for what is neither a folder nor a ZIP, and OSError where it can't be read."""
    if path.is_dir():
        return _Folder(path)
    if not path.exists():
        raise Refused(f"{path} does not exist; give the export's folder or its ZIP file.")
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            if file.read(2) == b"PK":
                raise Refused(
                    f"{path} is damaged, or only a part of a ZIP file; download it again. Nothing"
                    " was imported."
                )
        raise Refused(f"{path} is neither a folder nor a ZIP file; give the export as one of them.")
    return _Zip(path)


class _Folder:
    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._root = path.resolve()

    def entries(self) -> Sequence[Entry]:
        found = []
        for file in sorted(self._root.rglob("*")):
            path = PurePosixPath(file.relative_to(self._root).as_posix())
            if file.is_symlink() and not file.resolve().is_relative_to(self._root):
                raise _leads_out(str(path))
            if path.suffix == ".json" and file.is_file():
                found.append(Entry(path, file.stat().st_size))
        return found

    def read(self, entry: Entry) -> bytes:
        return (self._root / entry.path).read_bytes()

    def close(self) -> None:
        return


class _Zip:
    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as problem:
            raise Refused(f"{path} is damaged, or no ZIP file: {problem}.") from problem
        self._size = path.stat().st_size

    def entries(self) -> Sequence[Entry]:
        all_ = self._zip.infolist()
        if len(all_) > MOST_FILES:
            raise Refused(f"{self.name} holds {len(all_):,} files, and no export has so many.")
        for info in all_:
            if _is_outside(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
                raise _leads_out(info.filename)
        swollen = sum(info.file_size for info in all_)
        if swollen > HARMLESS and swollen > SWELLS * self._size:
            raise Refused(
                f"{self.name} would grow from {self._size:,} to {swollen:,} bytes, and no export"
                " does; nothing was imported."
            )
        return [
            Entry(PurePosixPath(info.filename), info.file_size)
            for info in sorted(all_, key=lambda info: info.filename)
            if info.filename.endswith(".json")
        ]

    def read(self, entry: Entry) -> bytes:
        try:
            return self._zip.read(str(entry.path))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, KeyError) as found:
            raise Refused(f"{entry.path} in {self.name} can't be unpacked: {found}.") from found

    def close(self) -> None:
        self._zip.close()


def _is_outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name) is not None


def _leads_out(name: str) -> Refused:
    return Refused(f"“{name}” leads out of the export's folder; nothing was imported.")
