"""The language of a terminal: what the environment asks for, out of the same catalogues as the pages'."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from guanjia.policy import words

CHINESE, TRADITIONAL, ENGLISH = "zh-hans", "zh-hant", "en"
LOCALE = Path(__file__).resolve().parents[2] / "locale"
CATALOGUES = {TRADITIONAL: "zh_Hant", ENGLISH: "en"}
ASKED = (
    "LANGUAGE",
    "LC_ALL",
    "LC_MESSAGES",
    "LANG",
)  # as gettext reads them, the first that is set
TRADITIONAL_IN = ("tw", "hk", "mo", "hant")
Catalogue = dict[tuple[str, str], str]
"""(context, text) to what it is in the language; '' where there is no context."""


def language(environ: Mapping[str, str]) -> str:
    """The code of the language that a terminal asks for; Chinese where it asks for none of ours."""
    asked = next((environ[name] for name in ASKED if environ.get(name)), "")
    return next(filter(None, map(_code, asked.split(":"))), CHINESE)


def _code(name: str) -> str:
    """`zh_TW.UTF-8` → `zh-hant`; '' for a language that the house does not speak."""
    tongue, _, more = name.lower().partition(".")[0].replace("-", "_").partition("_")
    if tongue == "zh":
        return TRADITIONAL if any(part in TRADITIONAL_IN for part in more.split("_")) else CHINESE
    return ENGLISH if tongue == "en" else ""


def speak(environ: Mapping[str, str]) -> None:
    """From now on every word goes to the terminal in its language."""
    code = language(environ)
    if code != CHINESE:
        words.speak_with(words.Speaker(lambda: code, lambda text: _our(code, text), _TELL[code]))


def _our(code: str, text: str) -> str:
    return _catalogue(code).get(("", text)) or text


def _in_english(text: str, en: str) -> str:
    return en or _catalogue(ENGLISH).get(("book", text)) or text


def _in_traditional(text: str, _en: str) -> str:
    from guanjia.web.tongues.traditional import traditional

    return traditional(text)


_TELL = {ENGLISH: _in_english, TRADITIONAL: _in_traditional}


@cache
def _catalogue(code: str) -> Catalogue:
    import polib  # a Chinese terminal needs no catalogue

    file = LOCALE / CATALOGUES[code] / "LC_MESSAGES" / "django.po"
    return {(e.msgctxt or "", e.msgid): e.msgstr for e in polib.pofile(str(file), encoding="utf-8")}
