"""What the documents tell a reader to do can be done, and what they point at exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from guanjia.__main__ import DOORS, find
from tests.house_rules.reading import CLONE, files, name

COMMAND = re.compile(r"(?m)^\s*(?:\$ )?(?:[A-Z_]+=\S+ )*guanjia ([^\n#`]+)")
INLINE_COMMAND = re.compile(r"`guanjia ([^`]+)`")
INLINE_MAKE = re.compile(r"`(make [^`]+)`")
TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#|mailto:)([^)#\s]+)")
SOURCE = re.compile(r"`((?:guanjia|tests|bench|docs|frontend)/[\w./-]+)`")
FENCE = re.compile(r"```(?:sh|shell|bash|console)\n(.*?)```", re.S)


def documents() -> list[Path]:
    """Every document a reader may open."""
    return [p for p in files() if p.suffix == ".md" and not name(p).startswith(".")]


def commands() -> list[str]:
    """Every `guanjia …` that a document tells to type, in a shell block or in a sentence."""
    found = set()
    for path in documents():
        text = path.read_text(encoding="utf-8")
        for block in FENCE.findall(text):
            found |= {m.strip() for m in COMMAND.findall(block)}
        found |= {m.strip() for m in INLINE_COMMAND.findall(text)}
    return sorted(found)


def test_documents_name_commands() -> None:
    assert len(commands()) >= 8


@pytest.mark.parametrize("words", commands())
def test_a_command_in_a_document_exists(words: str) -> None:
    assert find(words.split()) is not None, words


def test_the_book_is_read_without_a_house_as_documents_tell() -> None:
    for words in ("policy check", "policy show dibao", "policy explain docs/family.toml"):
        assert words in commands()
        asked = [sys.executable, "-m", "guanjia", *words.split()]
        done = subprocess.run(
            asked, capture_output=True, text=True, cwd=CLONE, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr
        assert "最低生活保障" in done.stdout or words == "policy check"


@pytest.mark.parametrize("door", sorted(DOORS))
def test_every_command_explains_itself(door: str) -> None:
    asked = [sys.executable, "-m", "guanjia", *door.split(), "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=CLONE, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "guanjia" in done.stdout


def test_every_make_target_in_a_document_exists() -> None:
    rules = set(
        re.findall(r"(?m)^([a-z][a-z-]*):", (CLONE / "Makefile").read_text(encoding="utf-8"))
    )
    texts = [path.read_text(encoding="utf-8") for path in documents()]
    typed = [
        block for text in texts for block in (*FENCE.findall(text), *INLINE_MAKE.findall(text))
    ]
    told = {target for block in typed for target in TARGET.findall(block)}
    assert {"demo", "test"} <= told
    assert told <= rules, told - rules


def test_what_documents_point_at_exists() -> None:
    missing = []
    for path in documents():
        text = path.read_text(encoding="utf-8")
        places = [path.parent / target for target in LINK.findall(text)]
        places += [CLONE / target for target in SOURCE.findall(text)]
        missing += [f"{name(path)} -> {place}" for place in places if not place.exists()]
    assert missing == []
