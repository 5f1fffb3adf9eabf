"""The routing table: category or policy × place × time → the desk that has a matter. Rows are data, this is plain.

Of the rows that fit, the most particular has it: a longer place before a shorter; then a policy
before a category before all; then hours before any hour; then days with an end before days without.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from guanjia.kit.days import SHANGHAI
from guanjia.policy.words import word

LEVELS = {"city": 6, "town": 9, "community": 12}
ANY = "*"

COLUMNS = frozenset(
    {"category", "policy", "place", "desk", "department", "since", "until", "hours", "why"}
)


class RoutingError(ValueError):
    """A table that would leave a matter without a desk, or names what is not there."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a table is asked: a category, a place, a moment, and the policy where one was named."""

    category: str
    place: str
    at: datetime
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One row. `place` is a prefix ('' all); `desk` a level; days are half-open; hours may span midnight."""

    category: str
    place: str
    desk: str
    policy: str = ""
    department: str = ""
    since: date | None = None
    until: date | None = None
    hours: tuple[time, time] | None = None
    why: str = ""

    @property
    def rank(self) -> tuple[int, int, bool, bool]:
        """How particular it is; the larger has it."""
        what = 2 if self.policy else int(self.category != ANY)
        return len(self.place), what, self.hours is not None, self.until is not None

    def fits(self, asked: Matter) -> bool:
        """Whether it speaks of this matter."""
        here = asked.at.astimezone(SHANGHAI)
        return (
            asked.place.startswith(self.place)
            and (not self.policy or self.policy == asked.policy)
            and self.category in (ANY, asked.category)
            and (self.since is None or self.since <= here.date())
            and (self.until is None or here.date() < self.until)
            and (self.hours is None or _within(here.time(), *self.hours))
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a matter goes: the place whose desk has it, who is competent there, by which row.

    `row` counts from 0; None is the fallback.
    """

    desk: str
    department: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The rows in the order of the file, and the level that has what no row fits. Never empty."""

    routes: tuple[Route, ...]
    fallback: str

    def send(self, asked: Matter) -> Sent:
        """Where it goes. A place above the row's level has the matter at its own desk."""
        best = max(self.fitting(asked), key=lambda n: (self.routes[n].rank, -n), default=None)
        if best is None:
            return Sent(asked.place[: LEVELS[self.fallback]])
        row = self.routes[best]
        return Sent(asked.place[: LEVELS[row.desk]], row.department, best)

    def fitting(self, asked: Matter) -> list[int]:
        """The rows that speak of a matter."""
        return [n for n, row in enumerate(self.routes) if row.fits(asked)]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rows, equally particular, that both speak of a matter like this and send it apart."""

    one: int
    other: int
    asked: Matter


@dataclass(frozen=True, slots=True)
class Flaws:
    """What is wrong with a table: rows that no matter reaches, rows whose time is over, conflicts."""

    conflicts: tuple[Conflict, ...]
    unreachable: tuple[int, ...]
    over: tuple[int, ...]


def flaws(
    table: Table,
    policies: Mapping[str, str],
    categories: Sequence[str],
    places: Iterable[str],
    on: date,
) -> Flaws:
    """Try one matter of every kind that the table could tell apart, from `on` onwards.

    `policies` names the category of each policy. Exact: of places, days and hours one is tried for
    each way in which the rows divide them.
    """
    over = tuple(n for n, r in enumerate(table.routes) if r.until is not None and r.until <= on)
    reached: set[int] = set()
    found: dict[tuple[int, int], Conflict] = {}
    whats = [*((c, "") for c in categories), *((c, p) for p, c in policies.items())]
    moments = list(_moments(table, on))
    for place in _unlike(table, places):
        for category, policy in whats:
            for at in moments:
                _try(table, Matter(category, place, at, policy), reached, found)
    lost = (n for n in range(len(table.routes)) if n not in reached and n not in over)
    return Flaws(tuple(found.values()), tuple(lost), over)


def _try(
    table: Table, asked: Matter, reached: set[int], found: dict[tuple[int, int], Conflict]
) -> None:
    fitting = table.fitting(asked)
    if not fitting:
        return
    top = max(table.routes[n].rank for n in fitting)
    first, *others = (n for n in fitting if table.routes[n].rank == top)
    reached.add(first)
    for other in others:
        a, b = table.routes[first], table.routes[other]
        if (asked.place[: LEVELS[a.desk]], a.department) != (
            asked.place[: LEVELS[b.desk]],
            b.department,
        ):
            found.setdefault((first, other), Conflict(first, other, asked))


def _unlike(table: Table, places: Iterable[str]) -> list[str]:
    """One place for each set of rows that places share, and for each length of code."""
    kinds: dict[tuple[int, frozenset[str]], str] = {}
    prefixes = {r.place for r in table.routes}
    for place in places:
        kinds.setdefault((len(place), frozenset(p for p in prefixes if place.startswith(p))), place)
    return list(kinds.values())


def _moments(table: Table, on: date) -> Iterator[datetime]:
    """One moment of each stretch of days and of each stretch of hours."""
    turns = {d for r in table.routes for d in (r.since, r.until) if d is not None and d > on}
    hours = {h for r in table.routes if r.hours for h in r.hours} | {time()}
    for day in sorted({on, *turns}):
        for hour in sorted(hours):
            yield datetime.combine(day, hour, SHANGHAI)


def read(rows: Mapping[str, Any]) -> Table:
    """A table from the rows of a file: `route` and `fallback`. Raises RoutingError."""
    fallback = str(rows.get("fallback", {}).get("desk", "")).strip()
    if fallback not in LEVELS:
        raise RoutingError(
            word("派单表的兜底单位不能空着：[fallback] desk 写 city、town 或 community。")
        )
    routes = tuple(_row(n, row) for n, row in enumerate(rows.get("route", ()), start=1))
    return Table(routes, fallback)


def read_text(text: str) -> Table:
    """A table that somebody typed. Raises RoutingError."""
    try:
        return read(tomllib.loads(text))
    except tomllib.TOMLDecodeError as problem:
        raise RoutingError(word("读不出这张表：{why}", why=problem)) from None


def _row(number: int, row: Mapping[str, Any]) -> Route:
    unknown = row.keys() - COLUMNS
    if unknown:
        raise RoutingError(
            word("派单表第 {n} 行有不认识的栏：{what}。", n=number, what="、".join(sorted(unknown)))
        )
    said = {"category": ANY, "place": "", **row}
    if said.get("desk") not in LEVELS:
        raise RoutingError(word("派单表第 {n} 行：desk 写 city、town 或 community。", n=number))
    for name in ("since", "until"):
        if not isinstance(said.get(name), date | None) or isinstance(said.get(name), datetime):
            raise RoutingError(
                word("派单表第 {n} 行：{name} 写日期，例如 2020-07-01。", n=number, name=name)
            )
    since, until = said.get("since"), said.get("until")
    if since is not None and until is not None and until <= since:
        raise RoutingError(word("派单表第 {n} 行：止日要在起日之后。", n=number))
    try:
        said["hours"] = _hours(str(said.get("hours", "")))
    except ValueError:
        raise RoutingError(
            word("派单表第 {n} 行：hours 写起止钟点，例如 08:30-17:30。", n=number)
        ) from None
    return Route(**said)


def _hours(text: str) -> tuple[time, time] | None:
    if not text:
        return None
    begins, ends = text.split("-")
    found = time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())
    if found[0] == found[1]:
        raise ValueError(text)
    return found


def _within(at: time, begins: time, ends: time) -> bool:
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def unknown(
    table: Table, categories: Iterable[str], policies: Iterable[str], departments: Iterable[str]
) -> list[str]:
    """The codes that a table names and the city does not hold."""
    known_categories, known_policies = {ANY, *categories}, {"", *policies}
    known_departments = {"", *departments}
    return [
        *(r.category for r in table.routes if r.category not in known_categories),
        *(r.policy for r in table.routes if r.policy not in known_policies),
        *(r.department for r in table.routes if r.department not in known_departments),
    ]
