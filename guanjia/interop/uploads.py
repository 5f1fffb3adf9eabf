"""Where files lie that were handed in: under the house's files, for the house's own account alone.

A file is written to disk as it arrives, and no further than the most that is read. It is deleted,
with the reasons that speak of it, `KEPT_DAYS` days after its import has ended.
"""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from guanjia.interop.intake.sheets import MOST_BYTES, BadFile, too_large

KEPT_DAYS = 30
CHUNK = 1 << 20
TOO_LARGE = "guanjia_too_large"
"""Set on a request whose file was not kept: how many bytes were announced."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that lies in the house: where, how it was called, its hash and size in bytes."""

    path: Path
    name: str
    sha256: str
    size: int


class Limited(TemporaryFileUploadHandler):
    """Takes files to disk as they come; one that grows beyond the most is dropped, not kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file in the house's own folder."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self.file = TemporaryUploadedFile(
            str(self.file_name), str(self.content_type), 0, self.charset, self.content_type_extra
        )
        here = NamedTemporaryFile(dir=_folder("incoming"), suffix=".upload")  # noqa: SIM115
        self.file.file, elsewhere = here, self.file.file
        if elsewhere is not None:
            elsewhere.close()
        self.seen = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep a piece, up to the most."""
        self.seen += len(raw_data)
        if self.seen > MOST_BYTES:
            self.file.close()
            setattr(self.request, TOO_LARGE, self.content_length or self.seen)
            raise SkipFile
        super().receive_data_chunk(raw_data, start)


def keep(pieces: Iterable[bytes], name: str) -> Kept:
    """Write what arrives to disk, readable by this account alone. Raises BadFile where too large."""
    found, size = hashlib.sha256(), 0
    descriptor = NamedTemporaryFile(dir=_folder("incoming"), delete=False)  # noqa: SIM115
    with descriptor as out:
        for piece in pieces:
            size += len(piece)
            if size > MOST_BYTES:
                Path(out.name).unlink()
                raise BadFile(too_large(size))
            found.update(piece)
            out.write(piece)
    return Kept(Path(descriptor.name), Path(name).name[:120], found.hexdigest(), size)


def keep_file(file: Path) -> Kept:
    """A copy of a file on this machine. Raises BadFile where it is still being written."""
    before = file.stat()
    if before.st_size > MOST_BYTES:
        raise BadFile(too_large(before.st_size))
    kept = keep(_pieces(file), file.name)
    after = file.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        kept.path.unlink()
        raise BadFile(_("文件还在写入，读的时候变了。请等它写完，再导入一次。"))
    return kept


def settle(kept: Kept, number: int) -> None:
    """The file gets the place of its import."""
    kept.path.replace(folder_of(number) / "file")


def file_of(number: int) -> Path:
    """The file of an import, whether it is still there or not."""
    return folder_of(number) / "file"


def folder_of(number: int) -> Path:
    """The folder of an import: its file, and what came back."""
    return _folder(str(number))


def forget(number: int) -> None:
    """Delete what an import handed in and what came back."""
    shutil.rmtree(folder_of(number), ignore_errors=True)


def sweep(before: float) -> None:
    """Delete what arrived before a moment (seconds) and never became an import."""
    for left in _folder("incoming").iterdir():
        if left.stat().st_mtime < before:
            left.unlink(missing_ok=True)


def _pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(CHUNK):
            yield piece


def _folder(name: str) -> Path:
    files: Path = settings.GUANJIA_FILES
    folder = files / "imports" / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
