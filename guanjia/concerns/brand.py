"""What a city calls its ways of help: brands, channels, categories; and which desk has a matter. Data."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from guanjia.policy.words import told

FILE = "brand.toml"
LEVELS = {"city": 6, "town": 9, "community": 12}
ANY = "*"


class BrandError(ValueError):
    """A file that would leave a matter without a desk, or names what is not there."""


@dataclass(frozen=True, slots=True)
class Named:
    """A brand, a channel or a category: its code and its name; the others' fields may be empty."""

    code: str
    label: str
    en: str
    about: str = ""
    about_en: str = ""
    hint: str = ""
    hint_en: str = ""
    status: str = ""
    brand: str = ""
    promise: str = ""

    def __str__(self) -> str:
        return told(self.label, self.en)

    @property
    def says(self) -> str:
        """What it is for, in the reader's language."""
        return told(self.about, self.about_en) or told(self.hint, self.hint_en)


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the routing table: which level has matters of a category in places with a prefix."""

    category: str
    place: str
    desk: str


@dataclass(frozen=True, slots=True)
class Brand:
    """A city's ways of help; `city` is its code."""

    city: str
    brands: tuple[Named, ...]
    channels: dict[str, Named]
    categories: dict[str, Named]
    routes: tuple[Route, ...]
    fallback: str

    def desk_for(self, category: str, place: str) -> str:
        """The code of the place whose desk has it: the most particular row, else the fallback.

        A place that is itself above that level has it at its own desk; it is never empty.
        """
        fitting = [r for r in self.routes if r.category in (ANY, category)]
        fitting = [r for r in fitting if place.startswith(r.place)]
        best = max(fitting, key=lambda r: (len(r.place), r.category != ANY), default=None)
        return place[: LEVELS[best.desk if best else self.fallback]]


@cache
def load(folder: Path) -> Brand:
    """The brand of a city's folder. Raises BrandError."""
    rows = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    brands = tuple(Named(**row) for row in rows["brand"])
    categories = {row["code"]: Named(**row) for row in rows["category"]}
    routes = tuple(Route(**row) for row in rows.get("route", ()))
    fallback = str(rows.get("fallback", {}).get("desk", ""))
    levels = {fallback, *(r.desk for r in routes)}
    if not levels <= LEVELS.keys():
        raise BrandError(f"{FILE}: a desk is one of {', '.join(LEVELS)}")
    known = {b.code for b in brands}
    lost = [c.code for c in categories.values() if c.brand not in known]
    lost += [r.category for r in routes if r.category not in {ANY, *categories}]
    if lost:
        raise BrandError(f"{FILE}: {', '.join(lost)} names what the file does not hold")
    channels = {row["code"]: Named(**row) for row in rows["channel"]}
    city = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
    return Brand(str(city["code"]), brands, channels, categories, routes, fallback)
