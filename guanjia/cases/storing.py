"""Where attachments lie: under the house's files, each under a random name, for the house's account alone.

A file is whole on disk before its row is written; a file whose row never came is swept away.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.conf import settings

from guanjia.cases.judging import Judged
from guanjia.cases.models import Attachment

ORPHAN_SECONDS = 3600
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies on disk and waits for its row."""

    name: str
    media: str
    size: int
    sha256: str
    stored: str


def store(judged: Judged) -> Stored:
    """Write a file whole, under a name that nobody guesses."""
    name = secrets.token_hex(16)
    path = path_of(name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(judged.content)
        out.flush()
        os.fsync(out.fileno())
    unfinished.replace(path)
    digest = hashlib.sha256(judged.content).hexdigest()
    return Stored(judged.name, judged.media, len(judged.content), digest, name)


def path_of(stored: str) -> Path:
    """Where a file lies, by its stored name."""
    files: Path = settings.GUANJIA_FILES
    return files / "attachments" / stored[:2] / stored


def drop(files: Iterable[Stored]) -> None:
    """Delete files whose rows were not written."""
    for one in files:
        path_of(one.stored).unlink(missing_ok=True)


def sweep(before: float) -> int:
    """Delete files older than a moment (seconds) that have no row; under eyes that see every row."""
    gone = 0
    for some in _in_batches(_older(before)):
        kept = set(
            Attachment.objects.filter(stored__in=list(some)).values_list("stored", flat=True)
        )
        for name in some.keys() - kept:
            some[name].unlink(missing_ok=True)
            gone += 1
    return gone


def _older(before: float) -> Iterator[Path]:
    files: Path = settings.GUANJIA_FILES
    for folder in (files / "attachments").glob("??"):
        for path in folder.iterdir():
            if path.stat().st_mtime < before:
                yield path


def _in_batches(paths: Iterator[Path]) -> Iterator[dict[str, Path]]:
    while some := {path.name: path for path in islice(paths, AT_ONCE)}:
        yield some
