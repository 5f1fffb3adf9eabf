"""The policy book: chapters in decision order, relations between benefits, and the hash of it all."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from guanjia.policy import facts as declarations
from guanjia.policy.chapter import STATUSES, Chapter, Dated, Sentence, Status
from guanjia.policy.facts import Facts
from guanjia.policy.nodes import OtherRef, Unit
from guanjia.policy.problem import Problem
from guanjia.policy.reading import Reader
from guanjia.policy.rows import none_of
from guanjia.policy.starts import TERM
from guanjia.policy.terms import nearest
from guanjia.policy.words import listed, word

Kind = Literal["exclude", "higher_only", "top_up", "compatible"]
KINDS = get_args(Kind)
RELATION_KEYS = ["giver", "taker", "is", "chosen_by", "since", "until", "law", "status"]
SHIPPED = Path(__file__).parents[1] / "cities" / "dongguan"


class BookError(ValueError):
    """A book that does not load. `problems` says everything that is wrong, each with its place."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Relation(Dated):
    """What one benefit does to another: the taker's amount is reduced by the giver's."""

    giver: str
    taker: str
    kind: Kind
    chosen_by: str | None
    law: str
    status: Status


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """A whole book. `revision` is the SHA-256 of `text`, which holds every file it was read from."""

    revision: str
    text: str
    city: str
    facts: Facts
    chapters: tuple[Chapter, ...]
    relations: tuple[Relation, ...]

    def chapter(self, code: str) -> Chapter:
        """The chapter of a benefit. Raises KeyError with the nearest code."""
        found = next((c for c in self.chapters if c.code == code), None)
        if found is None:
            raise KeyError(
                word(
                    "没有叫 {code} 的章节{near}",
                    code=code,
                    near=nearest(code, [c.code for c in self.chapters]),
                )
            )
        return found

    @lru_cache(maxsize=4096)  # noqa: B019  # a book is the same for ever, and few are at hand
    def decidable(self, code: str, on: date) -> bool:
        """Whether the book has a whole rule for a benefit on a day: sentences, and all they read."""
        chapter = self.chapter(code)
        if not chapter.conditions_on(on) or chapter.gaps(on):
            return False
        return all(self.decidable(other, on) for other in chapter.reads(on)[1])


def city_folder(environ: Mapping[str, str]) -> Path:
    """The folder of the city: `GUANJIA_CITY`, or the one that Guanjia ships."""
    return Path(environ.get("GUANJIA_CITY") or SHIPPED)


def load(folder: Path) -> Book:
    """The book of a city folder. Raises BookError."""
    texts = {"facts.toml": declarations.FILE.read_text(encoding="utf-8")}
    for name in ("city.toml", "relations.toml"):
        file = folder / name
        texts[name] = file.read_text(encoding="utf-8") if file.exists() else ""
    for file in sorted(folder.glob("chapters/*/*.toml")):
        texts[file.relative_to(folder).as_posix()] = file.read_text(encoding="utf-8")
    city = str(tomllib.loads(texts.pop("city.toml")).get("code", ""))
    return from_text(json.dumps({"city": city, "files": texts}, ensure_ascii=False, sort_keys=True))


def from_text(text: str) -> Book:
    """A book from its canonical text, as revisions store it. Raises BookError."""
    whole = json.loads(text)
    files: dict[str, str] = whole["files"]
    city: str = whole["city"]
    known = declarations.from_text(files["facts.toml"])
    readers = [
        Reader(code, files[f"chapters/{code}/chapter.toml"], examples, city)
        for code, examples in _chapter_files(files)
    ]
    benefits: dict[str, Unit] = {reader.code: reader.unit() for reader in readers}
    chapters = [reader.read(known, benefits) for reader in readers]
    problems = [problem for reader in readers for problem in reader.problems]
    relations = tuple(_relations(files["relations.toml"], benefits, known, problems))
    problems += [p for c in chapters for p in _wrong_cadence(c, chapters)]
    ordered = _in_order(chapters, problems)
    if not chapters:
        problems.append(Problem("chapters/", "", word("一章也没有")))
    if problems:
        raise BookError(problems)
    revision = hashlib.sha256(text.encode()).hexdigest()
    return Book(revision, text, city, known, tuple(ordered), relations)


def _chapter_files(files: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path in files:
        folder, _, name = path.rpartition("/")
        if name == "chapter.toml":
            code = folder.removeprefix("chapters/")
            yield code, files.get(f"chapters/{code}/examples.toml", "")


def _in_order(chapters: list[Chapter], problems: list[Problem]) -> list[Chapter]:
    """Chapters after those that they read; a circle is a problem."""
    waits = {
        c.code: {n.benefit for n in _all_nodes(c) if isinstance(n, OtherRef)} for c in chapters
    }
    ordered: list[Chapter] = []
    while len(ordered) < len(chapters):
        done = {c.code for c in ordered}
        ready = [c for c in chapters if c.code not in done and waits[c.code] <= done]
        if not ready:
            left = listed(sorted(set(waits) - done))
            problems.append(
                Problem("chapters/", left, word("这几章互相要对方先算出结果，绕成了一圈"))
            )
            return [*ordered, *(c for c in chapters if c.code not in done)]
        ordered.append(ready[0])
    return ordered


def _wrong_cadence(chapter: Chapter, chapters: Sequence[Chapter]) -> Iterator[Problem]:
    """How a chapter is paid: by its own awards, or under those of chapters that it follows."""
    file = f"chapters/{chapter.code}/chapter.toml"
    if chapter.cadence == "once" and TERM not in chapter.figures:
        text = word("只发一次的，要写一次批准管多久：数字 {term}，例如 12 个月", term=TERM)
        yield Problem(file, "", text)
    if not chapter.asked and chapter.amounts and not chapter.follows:
        yield Problem(file, "", word("不用申请又发钱的，要写 follows：随哪些待遇发"))
    if not chapter.follows:
        return
    if chapter.asked or not chapter.amounts:
        yield Problem(file, "", word("follows 只用在不用申请（asked = false）而发钱的一章"))
    if chapter.unit != "person" or chapter.cadence != "month":
        yield Problem(file, "", word("随别的待遇发的，须按人（person）、按月（month）发"))
    found = {c.code: c for c in chapters}
    for code in chapter.follows:
        if code not in found:
            near = nearest(code, list(found))
            text = word("follows 里没有叫 {code} 的章节{near}", code=code, near=near)
            yield Problem(file, "", text)
        elif not found[code].asked or found[code].cadence != "month":
            text = word("follows 里的 {code} 须是要申请、按月发的待遇", code=code)
            yield Problem(file, "", text)


def _all_nodes(chapter: Chapter) -> Iterator[object]:
    sentences: list[Sentence] = [*chapter.conditions, *chapter.amounts]
    for sentence in sentences:
        yield from sentence.node.walk()


def _relations(
    text: str, benefits: Mapping[str, Unit], known: Facts, problems: list[Problem]
) -> Iterator[Relation]:
    try:
        rows = tomllib.loads(text).get("relation", [])
    except tomllib.TOMLDecodeError as problem:
        problems.append(
            Problem("relations.toml", "", word("TOML 写法不对：{problem}", problem=problem))
        )
        return
    for row in rows:
        where = f"{row.get('giver', '?')} → {row.get('taker', '?')}"
        wrong = list(_wrong_in_relation(row, benefits, known))
        problems += [Problem("relations.toml", where, text) for text in wrong]
        if not wrong:
            yield Relation(
                since=row.get("since"),
                until=row.get("until"),
                giver=row["giver"],
                taker=row["taker"],
                kind=row["is"],
                chosen_by=row.get("chosen_by"),
                law=row["law"],
                status=row["status"],
            )


def _wrong_in_relation(
    row: Mapping[str, Any], benefits: Mapping[str, Unit], known: Facts
) -> Iterator[str]:
    for key in row:
        if key not in RELATION_KEYS:
            yield word("不认识的项 {key}{near}", key=key, near=nearest(key, RELATION_KEYS))
    for side in ("giver", "taker"):
        if row.get(side) not in benefits:
            yield word(
                "没有叫 {code} 的章节{near}",
                code=row.get(side),
                near=nearest(str(row.get(side)), list(benefits)),
            )
    if row.get("is") not in KINDS:
        yield none_of("is", KINDS, row.get("is"))
    if not row.get("law"):
        yield word("没有写依据（law）")
    if row.get("status") not in STATUSES:
        yield none_of("status", STATUSES, row.get("status"))
    units = benefits.get(row.get("giver", "")), benefits.get(row.get("taker", ""))
    if units == ("person", "household") and row.get("is") != "compatible":
        yield word("个人的待遇不能直接减家庭的；请在家庭那一章里写成条件")
    if units == ("household", "person") and row.get("is") == "higher_only":
        yield word("就高（higher_only）只能用在同为个人或同为家庭的两项之间")
    chosen = row.get("chosen_by")
    fact = known.find(chosen) if chosen else None
    if chosen and (fact is None or row.get("giver") not in fact.choices):
        yield word("chosen_by 应是一项选择类事实，其选项包含 {giver}", giver=row.get("giver"))
