"""What carries a message out of the house: a file in the data folder, a mail server. Each sends a key once."""

import os
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage


class Unsent(Exception):
    """A carrier that did not take a message, and why."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `key` is the same however often it is tried: a carrier that has it sends it no more."""

    key: str
    way: str
    to: tuple[str, ...]
    title: str
    text: str


def file_of(key: str, way: str) -> Path:
    """Where a message lies that is kept as a file."""
    files: Path = settings.GUANJIA_FILES
    return files / "messages" / way / f"{key}.txt"


def as_file(message: Message) -> None:
    """One file a message under the data folder, named by its key. Raises Unsent."""
    path = file_of(message.key, message.way)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists():
            return
        unfinished = path.with_name(f"{message.key}.{os.getpid()}.part")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT, 0o600), "w") as out:
            out.write(f"{'、'.join(message.to)}\n{message.title}\n\n{message.text}\n")
            out.flush()
            os.fsync(out.fileno())
        unfinished.replace(path)
    except OSError as problem:
        raise Unsent(type(problem).__name__) from problem


def by_smtp(message: Message) -> None:
    """A letter by the house's mail settings; its Message-ID is made from the key. Raises Unsent."""
    letter = EmailMessage(
        message.title,
        message.text,
        to=list(message.to),
        headers={"Message-ID": f"<{message.key}@guanjia>"},
    )
    try:
        letter.send()
    except (OSError, smtplib.SMTPException) as problem:
        raise Unsent(type(problem).__name__) from problem


CARRIERS: dict[str, Callable[[Message], None]] = {"file": as_file, "smtp": by_smtp}
