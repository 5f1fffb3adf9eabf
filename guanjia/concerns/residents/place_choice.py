"""Choosing a place without being located: by a few characters, on the schematic map, or from the list."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.places.models import Place

MOST = 12
MAP = "towns_tilegrid.json"
Choice = tuple[str, str]
Towns = list[tuple[str, str, list[Choice]]]


def towns_of(city: str) -> Towns:
    """Every town with its communities, for one list; a town itself where one knows no more."""
    found: dict[str, list[Choice]] = {}
    names: dict[str, str] = {}
    for place in places.under(city):
        if len(place.code) == places.TOWN:
            names[place.code] = str(place)
            found[place.code] = [(place.code, _("%(town)s（说不清哪个社区）") % {"town": place})]
        elif len(place.code) == places.COMMUNITY:
            found[place.code[: places.TOWN]].append((place.code, people_words.short(str(place))))
    return [(code, names[code], rows) for code, rows in found.items()]


def map_of(folder: Path, towns: Towns) -> list[list[Choice | None]]:
    """The schematic map as rows of towns, None where there is none; those it lacks stand in a last row.

    A city without such a file has no map: [].
    """
    names = {code: name for code, name, _rows in towns}
    rows = [
        [(code, names[code]) if code in names else None for code in row] for row in _tiles(folder)
    ]
    drawn = {cell[0] for row in rows for cell in row if cell}
    rest: list[Choice | None] = [(code, name) for code, name in names.items() if code not in drawn]
    return [*rows, rest] if rows and rest else rows


@cache
def _tiles(folder: Path) -> list[list[str]]:
    """Codes of towns by row and column; '' where there is none."""
    if not (folder / MAP).exists():
        return []
    drawn = json.loads((folder / MAP).read_text(encoding="utf-8"))
    at = {(tile["row"], tile["col"]): tile["code"] for tile in drawn["tiles"]}
    return [[at.get((r, c), "") for c in range(drawn["cols"])] for r in range(drawn["rows"])]


def inside(code: str, towns: Towns) -> list[Choice]:
    """The communities of a town that was chosen; nothing where a community was, or nothing."""
    return next((rows[1:] for town, _name, rows in towns if town == code), [])


def matching(city: str, text: str) -> list[Choice]:
    """Places whose name holds a text, or whose pinyin begins with it; the shortest names first."""
    sought = "".join(text.split()).lower()
    if not sought:
        return []
    known = {place.code: place for place in places.under(city)}
    named = [(_full(code, known), code) for code, p in known.items() if _fits(sought, p)]
    return [(code, name) for name, code in sorted(named, key=lambda n: (len(n[0]), n[1]))[:MOST]]


def _fits(sought: str, place: Place) -> bool:
    if len(place.code) == places.CITY:
        return False
    if sought.isascii():
        spelt = place.pinyin.replace(" ", "")
        return bool(spelt) and (spelt.startswith(sought) or place.initials == sought)
    return sought in place.name or sought in place.name_hant or place.name in sought


def _full(code: str, known: dict[str, Place]) -> str:
    names: Iterable[str] = {code[: places.TOWN], code}
    return people_words.place_words(code, {c: str(known[c]) for c in names if c in known})
