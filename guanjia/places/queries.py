"""Questions about places. Reference data: open to every scope."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.db.models.functions import Length

from guanjia.places.models import Facility, Place

CITY, TOWN, COMMUNITY = 6, 9, 12


def place(code: str) -> Place:
    """The place with this code. Raises Place.DoesNotExist."""
    return Place.objects.get(code=code)


def towns(city: str) -> list[Place]:
    """The 9-digit units below `city`, by code."""
    return list(below(city, TOWN))


def communities(town: str) -> list[Place]:
    """The 12-digit units below `town`, by code."""
    return list(below(town, COMMUNITY))


def below(code: str, digits: int) -> "Iterable[Place]":
    """Units with `digits` digits whose code begins with `code`."""
    found = Place.objects.filter(code__startswith=code).annotate(digits=Length("code"))
    return found.filter(digits=digits).order_by("code")


def under(code: str) -> "Iterable[Place]":
    """The place and every unit of any level whose code begins with its code."""
    return Place.objects.filter(code__startswith=code)


def names(codes: Iterable[str]) -> dict[str, str]:
    """Code to name, for every code of any level that stands in the register."""
    wanted = {code[:n] for code in codes for n in (CITY, TOWN, COMMUNITY) if len(code) >= n}
    rows = Place.objects.filter(code__in=wanted)
    return {row.code: str(row) for row in rows.only("code", "name", "name_hant", "pinyin", "kind")}


def full_name(code: str) -> str:
    """Town and community in one line: 长安镇 厦边社区居民委员会."""
    known = names([code])
    parts = [known.get(code[:n], "") for n in (TOWN, COMMUNITY) if len(code) >= n]
    return " ".join(p for p in parts if p) or known.get(code[:CITY], code)


def exists(code: str) -> bool:
    """Whether the register has a place with this code."""
    return Place.objects.filter(code=code).exists()


def facilities(town: str, on: date) -> list[Facility]:
    """What stands in a town and serves people on a day, by place and name."""
    found = Facility.objects.filter(code__startswith=town, since__lte=on).select_related("place")
    return list(found.filter(Q(until=None) | Q(until__gt=on)).order_by("place", "name"))
