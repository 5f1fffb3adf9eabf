"""What a city calls its ways of help: brands, channels, categories; and which desk has a matter. Data."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from guanjia.concerns.rules import register, routing
from guanjia.concerns.rules.register import Coded, Register
from guanjia.concerns.rules.routing import Matter, RoutingError, Sent, Table
from guanjia.policy.words import told, word

FILE = "brand.toml"
TAKEN = ("self", "desk", "import")


class BrandError(ValueError):
    """A file that would leave a matter without a desk, or names what is not there."""


@dataclass(frozen=True, slots=True)
class Named(Coded):
    """A brand or a category: what it has beside its names; the others' fields may be empty.

    `suggest`: whether it may be suggested for a text; not for the one that says nothing.
    """

    about: str = ""
    about_en: str = ""
    hint: str = ""
    hint_en: str = ""
    status: str = ""
    brand: str = ""
    promise: str = ""
    suggest: bool = True

    @property
    def says(self) -> str:
        """What it is for, in the reader's language."""
        return told(self.about, self.about_en) or told(self.hint, self.hint_en)


@dataclass(frozen=True, slots=True)
class Channel(Coded):
    """A way by which a matter comes in.

    `taken`: self (residents write themselves) | desk (staff write it down) | import (another system).
    `phone`: whether a number to call back is needed. `for_other`: usually told for somebody else.
    """

    taken: str
    hint: str = ""
    hint_en: str = ""
    brand: str = ""
    phone: bool = False
    for_other: bool = False
    status: str = "found"

    @property
    def says(self) -> str:
        """What who takes it in should keep in mind."""
        return told(self.hint, self.hint_en)


@dataclass(frozen=True, slots=True)
class Sample:
    """How much of what was found unreasonable is reviewed each month: hundredths, by which text."""

    percent: int
    status: str
    law: str


ALL_OF_THEM = Sample(100, "assumption", "")


@dataclass(frozen=True, slots=True)
class Brand:
    """A city's ways of help; `city` is its code."""

    city: str
    brands: tuple[Named, ...]
    channels: dict[str, Channel]
    categories: dict[str, Named]
    table: Table
    register: Register
    sample: Sample

    def send(self, category: str, place: str, at: datetime, policy: str = "") -> Sent:
        """Whose desk has a matter that comes in at a moment, and who is competent."""
        found = self.table.send(Matter(category, place, at, policy))
        named = self.register.policies.get(policy)
        if named is not None and not found.department:
            return Sent(found.desk, named.department, found.row)
        return found

    def promise_of(self, category: str, policy: str = "") -> str:
        """The code of what is promised: the policy's own, else the category's."""
        named = self.register.policies.get(policy)
        return (named.promise if named else "") or self.categories[category].promise

    @property
    def taken_at_desk(self) -> list[Channel]:
        """The channels whose matters staff write down."""
        return [c for c in self.channels.values() if c.taken == "desk"]


@cache
def load(folder: Path) -> Brand:
    """The brand of a city's folder. Raises BrandError, RegisterError, RoutingError."""
    rows = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    city = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
    return read(rows, str(city["code"]), register.load(folder))


def read(rows: Mapping[str, Any], city: str, known: Register) -> Brand:
    """A brand from the rows of its file. Raises BrandError, RoutingError."""
    found = Brand(
        city=city,
        brands=tuple(Named(**row) for row in rows["brand"]),
        channels={row["code"]: Channel(**row) for row in rows["channel"]},
        categories={row["code"]: Named(**row) for row in rows["category"]},
        table=routing.read(rows),
        register=known,
        sample=_sample(rows.get("review")),
    )
    refuse_unknown(found.table, found)
    lost = _lost(found)
    if lost:
        raise BrandError(word("{file} 提到了没有登记的：{what}", file=FILE, what="、".join(lost)))
    return found


def _sample(row: Mapping[str, str] | None) -> Sample:
    """A city that says no share has all of them reviewed. Raises BrandError."""
    if row is None:
        return ALL_OF_THEM
    share = row["share"].removesuffix("%")
    if not share.isdecimal() or not 0 < int(share) <= 100:
        raise BrandError(word("{file}：抽查比例写 1% 到 100%，例如 20%。", file=FILE))
    return Sample(int(share), row["status"], row["law"])


def refuse_unknown(table: Table, known: Brand) -> None:
    """Raise RoutingError where a table names a category, policy or department that the city has not."""
    policies = known.register.policies
    lost = routing.unknown(table, known.categories, policies, known.register.departments)
    if lost:
        raise RoutingError(word("派单表提到了没有登记的：{what}", what="、".join(lost)))


def _lost(found: Brand) -> Sequence[str]:
    brands = {b.code for b in found.brands}
    return [
        *(c.code for c in found.categories.values() if c.brand not in brands),
        *(c.code for c in found.channels.values() if c.brand and c.brand not in brands),
        *(c.code for c in found.channels.values() if c.taken not in TAKEN),
        *(p.code for p in found.register.policies.values() if p.category not in found.categories),
    ]
