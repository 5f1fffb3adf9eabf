"""A family written out in TOML: what `policy explain` reads, and what examples are made of."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from guanjia.kit import days
from guanjia.policy.book import Book
from guanjia.policy.facts import BadFact, Facts, Value
from guanjia.policy.family import HOUSEHOLD, MOST_MEMBERS, Family, household, person
from guanjia.policy.terms import nearest
from guanjia.policy.words import member, not_a_month, pair, word

HEAD = ("title", "month", "household", "person", "place", "held", "expects")


class BadFamily(ValueError):
    """A family that cannot be read. `problems` says everything that is wrong, in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Written:
    """A family with the names of its members; `month` where the file names one."""

    family: Family
    names: tuple[str, ...]
    month: date | None


def load(file: Path, book: Book) -> Written:
    """The family of a file. Raises BadFamily, OSError."""
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadFamily(
            [word("{file} 不是写对的 TOML 文件：{problem}", file=file, problem=problem)]
        ) from None
    return from_rows(rows, book)


def from_rows(rows: Mapping[str, Any], book: Book) -> Written:
    """The family of a file's tables. Raises BadFamily with everything that is wrong."""
    problems = [
        word("不认识的项 {key}{near}", key=key, near=nearest(key, HEAD))
        for key in rows
        if key not in HEAD
    ]
    people = rows.get("person", [])
    if not people or len(people) > MOST_MEMBERS:
        problems.append(
            word(
                "一户要有 1 至 {most} 人，用 [[person]] 逐个写出；现有 {count} 人",
                most=MOST_MEMBERS,
                count=len(people),
            )
        )
    home = household(book.facts, _values(rows.get("household", {}), "household", book, problems))
    members = [_person(row, place, book, problems) for place, row in enumerate(people)]
    held = dict(_held(rows.get("held", []), HOUSEHOLD, book, problems))
    for place, row in enumerate(people):
        held.update(_held(row.get("held", []), place, book, problems))
    month = _month(rows.get("month"), problems)
    if problems:
        raise BadFamily(problems)
    decided = days.number(month) if month else 0
    family = Family(str(rows.get("place", book.city)), home, members)
    family.held = {key: assessed or decided for key, assessed in held.items()}
    names = tuple(str(row.get("name", member(place))) for place, row in enumerate(people))
    return Written(family, names, month)


def _person(row: Mapping[str, Any], place: int, book: Book, problems: list[str]) -> list[Value]:
    facts = {key: value for key, value in row.items() if key not in ("name", "held")}
    who = str(row.get("name", member(place)))
    return person(book.facts, book.city, _values(facts, "person", book, problems, who))


def _values(
    row: Mapping[str, Any], of: str, book: Book, problems: list[str], who: str = ""
) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, text in row.items():
        fact = book.facts.find(name)
        if fact is None or fact.of != of or fact.derived_from:
            problems.append(pair(who or word("家庭"), _unknown(name, of, book.facts)))
            continue
        try:
            found[name] = fact.read(text)
        except BadFact as problem:
            problems.append(pair(who or word("家庭"), str(problem)))
    return found


def _unknown(name: str, of: str, facts: Facts) -> str:
    fact = facts.find(name)
    if fact is not None and fact.derived_from:
        return word(
            "{name} 由 {derived_from} 得出，请写 {derived_from}",
            name=name,
            derived_from=fact.derived_from,
        )
    if fact is not None:
        place = "[[person]]" if fact.of == "person" else "[household]"
        return word("{name}（{label}）应写在 {place} 里", name=name, label=fact.label, place=place)
    known = [f.name for f in (facts.person if of == "person" else facts.household)]
    return word("没有叫 {name} 的事实{near}", name=name, near=nearest(name, known))


def _held(
    rows: object, unit: int, book: Book, problems: list[str]
) -> Iterator[tuple[tuple[str, int], int]]:
    """Awards in force: a list of benefits, or a table of benefit -> month of assessment."""
    pairs = rows.items() if isinstance(rows, Mapping) else ((code, None) for code in _list(rows))
    codes = {chapter.code: chapter for chapter in book.chapters}
    for code, month in pairs:
        if code not in codes or (codes[code].unit == "household") != (unit == HOUSEHOLD):
            problems.append(
                word(
                    "held：这里没有叫 {code} 的待遇{near}",
                    code=code,
                    near=nearest(str(code), list(codes)),
                )
            )
            continue
        assessed = _month(month, problems)
        yield (code, unit), days.number(assessed) if assessed else 0


def _list(rows: object) -> list[Any]:
    return list(rows) if isinstance(rows, list) else [rows]


def _month(text: object, problems: list[str]) -> date | None:
    if text is None:
        return None
    try:
        return days.read_month(str(text))
    except ValueError:
        problems.append(pair("month", not_a_month(text)))
        return None
