"""Keeps the catalogues in step with the words of the house: `python -m guanjia.web.languages`.

Gathers every word for readers from templates, modules and the policy book; carries over what is
translated; converts the Traditional catalogue anew; names what English still lacks.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import polib
from django.utils.translation.template import templatize

from guanjia.web.house.start import no_house
from guanjia.web.tongues.traditional import traditional

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "locale"
CHINESE = re.compile(r"[\u3400-\u9fff，。：；、（）“”]")
PLACES = re.compile(r"%\(\w+\)\w+|\{\w*\}")  # what is put into a text
CALL = re.compile(
    r"\b(?P<name>gettext|ngettext|pgettext|_)\(\s*(?P<first>u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"))"
    r"(?:\s*,\s*(?P<second>u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")))?"
)
TRANSLATING = {"_", "gettext", "gettext_lazy", "word", "LanguageError"}
COUNTING = {"ngettext", "ngettext_lazy"}
# The book's words by key; a title or label that has English beside it (`en`) needs no other.
BESIDE_ENGLISH = ("title", "label")
BOOK_KEYS = ("summary", "paid_to", "ask", "register", "apply", "bring", "choices", "shows")
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
PLURALS = {"en": "nplurals=2; plural=(n != 1);", "zh_Hant": "nplurals=1; plural=0;"}
BOOK = "book"


class Key(NamedTuple):
    """One thing to translate: the text, its plural, its context; '' where there is none."""

    text: str
    plural: str = ""
    context: str = ""


def main() -> int:
    """Write both catalogues; 1 where English lacks a word, which is named."""
    told = gathered()
    missing = _write("en", [_english(key, where) for key, where in told.items()])
    shown = {key: where for key, where in told.items() if not key.context}
    _write("zh_Hant", [_traditional(key, where) for key, where in shown.items()])
    for text in missing:
        print(f"en: {text}", file=sys.stderr)
    return 1 if missing else 0


def gathered() -> dict[Key, str]:
    """Everything to translate, with the file where it first stands."""
    found: dict[Key, str] = {}
    for path in sorted(ROOT.rglob("*")):
        where = path.relative_to(ROOT.parent).as_posix()
        for key in _words_of(path):
            if CHINESE.search(key.text) or (key.text and not PLACES.sub("", key.text)):
                found.setdefault(key, where)
    return found


@cache
def catalogue(language: str) -> dict[Key, polib.POEntry]:
    """What a language has translated so far."""
    file = _file(language)
    entries = polib.pofile(str(file), encoding="utf-8") if file.exists() else []
    return {Key(e.msgid, e.msgid_plural or "", e.msgctxt or ""): e for e in entries}


def _file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def _english(key: Key, where: str) -> polib.POEntry:
    """What was translated before, carried over."""
    old = catalogue("en").get(key)
    plurals = {0: "", 1: ""} if key.plural else {}
    return polib.POEntry(
        msgid=key.text,
        msgid_plural=key.plural,
        msgctxt=key.context or None,
        msgstr=old.msgstr if old else "",
        msgstr_plural=(old.msgstr_plural if old else None) or plurals,
        comment=where,
    )


def _traditional(key: Key, where: str) -> polib.POEntry:
    """Converted anew."""
    text = traditional(key.text)
    return polib.POEntry(
        msgid=key.text,
        msgid_plural=key.plural,
        msgstr="" if key.plural else text,
        msgstr_plural={0: text} if key.plural else {},
        comment=where,
    )


def _write(language: str, entries: list[polib.POEntry]) -> list[str]:
    """Write a catalogue; returns the texts that it lacks."""
    file = polib.POFile(wrapwidth=110)
    file.metadata = HEADER | {"Language": language, "Plural-Forms": PLURALS[language]}
    file.extend(sorted(entries, key=lambda e: (e.msgctxt or "", e.comment, e.msgid)))
    _file(language).parent.mkdir(parents=True, exist_ok=True)
    file.save(str(_file(language)))
    return [e.msgid for e in entries if not (e.msgstr or all(e.msgstr_plural.values() or [""]))]


def _words_of(path: Path) -> Iterator[Key]:
    if path.suffix == ".py":
        yield from _of_module(path)
    elif "templates" in path.parts and path.suffix in (".html", ".txt"):
        yield from _of_template(path)
    elif path.suffix == ".toml":
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
        names = [rows["name"]] if path.name == "city.toml" else []
        yield from (Key(text, context=BOOK) for text in [*names, *_of_book(rows)])


def _of_module(path: Path) -> Iterator[Key]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in COUNTING:
                yield Key(*(text for arg in node.args[:2] for text in _texts(arg)))
            elif name in TRANSLATING:
                yield from map(Key, _texts(node.args[0]))


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an argument may be: one, or either side of a choice."""
    if isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _of_template(path: Path) -> Iterator[Key]:
    for found in CALL.finditer(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        first = ast.literal_eval(found["first"])
        second = ast.literal_eval(found["second"]) if found["second"] else ""
        yield Key(first, second if found["name"] == "ngettext" else "")


def _of_book(row: dict[str, Any]) -> Iterator[str]:
    """The words of a table and of those in it."""
    for key, value in row.items():
        if key in BOOK_KEYS or (key in BESIDE_ENGLISH and not row.get("en")):
            yield from _leaves(value)
        elif key == "value":
            yield str(value).strip().partition(" ")[2].strip()
        else:
            inner = value if isinstance(value, list) else [value]
            for table in inner:
                if isinstance(table, dict):
                    yield from _of_book(table)


def _leaves(value: Any) -> Iterator[str]:
    """Texts, singly, in a list or by code."""
    values = value.values() if isinstance(value, dict) else value
    yield from [value] if isinstance(value, str) else values


if __name__ == "__main__":
    with no_house():
        sys.exit(main())
