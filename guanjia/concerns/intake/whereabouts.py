"""Finding a place by what somebody types while another speaks: a name's part, pinyin initials, a code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from guanjia.people import words as people_words
from guanjia.places import queries as places

BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Spot:
    """One place as it is offered: `长安镇 厦边社区`, with the pinyin by which it is found too."""

    code: str
    label: str
    sound: str


def offered(city: str) -> list[Spot]:
    """Every town and community of a city, by code; one query."""
    rows = list(places.under(city))
    names = {row.code: str(row) for row in rows}
    sounds = {row.code: row.initials for row in rows}
    return [
        Spot(
            row.code,
            people_words.place_words(row.code, names),
            " ".join(filter(None, (sounds.get(row.code[: places.TOWN], ""), row.initials))),
        )
        for row in rows
        if len(row.code) > places.CITY
    ]


def found(text: str, city: str) -> list[Spot]:
    """The places that a text may mean; one where it is clear, as when it is a whole name or code."""
    wanted = BLANK.sub("", text).lower()
    if not wanted:
        return []
    spots = offered(city)
    for same in (_exact, _whole_name, _town, _part, _sound):
        if hits := same(spots, wanted):
            return _without_their_towns(hits)
    return []


def _exact(spots: Sequence[Spot], wanted: str) -> list[Spot]:
    return [s for s in spots if wanted in (s.code, BLANK.sub("", s.label).lower())]


def _whole_name(spots: Sequence[Spot], wanted: str) -> list[Spot]:
    return [s for s in spots if s.label.lower().split()[-1] == wanted]


def _town(spots: Sequence[Spot], wanted: str) -> list[Spot]:
    """A town by its name alone, without what it is, though communities elsewhere bear it too."""
    towns = [s for s in spots if len(s.code) == places.TOWN]
    return [s for s in towns if s.label.lower().startswith(wanted) and len(wanted) > 1]


def _part(spots: Sequence[Spot], wanted: str) -> list[Spot]:
    return [s for s in spots if wanted in BLANK.sub("", s.label).lower()]


def _sound(spots: Sequence[Spot], wanted: str) -> list[Spot]:
    """By initials, of the town, of the community, or of both: `ca`, `xb`, `caxb`."""
    return [s for s in spots if s.sound and wanted in {s.sound.replace(" ", ""), *s.sound.split()}]


def _without_their_towns(hits: list[Spot]) -> list[Spot]:
    """`长安` means the town, though every community of it has the word in its label."""
    towns = [s for s in hits if len(s.code) == places.TOWN]
    if len(towns) == 1 and all(s.code.startswith(towns[0].code) for s in hits):
        return towns
    return hits
