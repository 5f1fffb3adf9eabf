"""Choosing a place without being located: by a few characters of its name, or from the list of towns."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from guanjia.people import words as people_words
from guanjia.places import queries as places
from guanjia.places.models import Place

MOST = 12
Choice = tuple[str, str]


def towns_of(city: str) -> list[tuple[str, str, list[Choice]]]:
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
