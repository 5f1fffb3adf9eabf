"""The shipped book with a chapter changed, as an officer might change it."""

import shutil
from pathlib import Path

from guanjia.policy import book as books
from guanjia.policy.book import Book
from tests.policy.families import CITY

Edit = tuple[str, str, str]
"""Chapter, what stood there, what stands there now; '' as what stood: it is added at the end."""


def changed(folder: Path, *edits: Edit) -> Book:
    """The book after these edits, each of which must find what it changes."""
    shutil.copytree(CITY, folder, dirs_exist_ok=True)
    for code, old, new in edits:
        file = folder / "chapters" / code / "chapter.toml"
        text = file.read_text(encoding="utf-8")
        assert not old or text.count(old) == 1, (code, old)
        file.write_text(text.replace(old, new) if old else f"{text}\n{new}", encoding="utf-8")
    return books.load(folder)


def figure(name: str, value: str, where: str = "") -> str:
    """A row of a figure from 2019, for the city or for a place in it."""
    row = f'[[figure.{name}]]\nsince = 2019-01-01\nvalue = "{value}"\nlaw = "演示"\nstatus = "assumption"\n'
    return row + (f'where = "{where}"\n' if where else "")


def condition(code: str, holds: str) -> str:
    """One more sentence, always in force."""
    return (
        f'[[condition]]\ncode = "{code}"\nlabel = "演示"\nen = "As shown"\nholds = "{holds}"\n'
        'law = "演示"\nstatus = "assumption"\n'
    )
