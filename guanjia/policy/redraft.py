"""One row of a figure written into the text of a chapter; every other line stays as it was."""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

HEAD = r"\s*\[\[\s*figure\s*\.\s*[\"']?{}[\"']?\s*\]\]\s*(#.*)?"
OTHER_HEAD = re.compile(r"\s*\[")
SAYS_NOTHING = re.compile(r"\s*(#.*)?")
LINE = r"(\s*{}\s*=\s*)(\"(?:[^\"\\]|\\.)*\"|'[^']*'|[0-9-]+)(\s*(?:#.*)?)"


class NotLaidOut(ValueError):
    """The text does not hold the figure as rows of its own, each value on its own line."""


@dataclass(frozen=True, slots=True)
class NewRow:
    """What a row says: from when, for which place ('' is everywhere), how much, by which law."""

    name: str
    since: date
    where: str
    value: str
    law: str
    status: str


class Block(NamedTuple):
    """A row as it stands in the text: its lines from the head to the last that says something."""

    start: int
    end: int
    says: dict[str, Any]


def with_row(text: str, row: NewRow) -> str:
    """The text with the row in its place in time.

    A row of the same day and place is rewritten. An earlier one with an end of its own ends where
    the new one begins, and the new one ends where that ended. Raises NotLaidOut.
    """
    lines = text.split("\n")
    blocks = list(_blocks(lines, row.name))
    if not blocks:
        raise NotLaidOut(row.name)
    mine = [b for b in blocks if b.says.get("where", "") == row.where]
    same = next((b for b in mine if b.says.get("since") == row.since), None)
    if same is not None:
        return "\n".join(_rewritten(lines, same, row))
    earlier = [b for b in mine if b.says["since"] < row.since]
    before = max(earlier, key=lambda b: b.says["since"], default=None)
    until = before.says.get("until") if before else None
    ends = until if until is not None and until > row.since else None
    after = before or (mine or blocks)[-1]
    fresh = ["", f"[[figure.{row.name}]]", *_says(row, ends)]
    lines[after.end : after.end] = fresh
    if before is not None and ends is not None:
        _set(lines, before, "until", row.since.isoformat())
    return "\n".join(lines)


def _blocks(lines: list[str], name: str) -> Iterator[Block]:
    head = re.compile(HEAD.format(re.escape(name)))
    for start, line in enumerate(lines):
        if head.fullmatch(line):
            stop = start + 1
            while stop < len(lines) and not OTHER_HEAD.match(lines[stop]):
                stop += 1
            end = stop
            while SAYS_NOTHING.fullmatch(lines[end - 1]):
                end -= 1
            yield Block(start, end, _read(lines[start:end], name))


def _read(lines: list[str], name: str) -> dict[str, Any]:
    try:
        says: dict[str, Any] = tomllib.loads("\n".join(lines))["figure"][name][0]
    except (tomllib.TOMLDecodeError, KeyError) as problem:
        raise NotLaidOut(name) from problem
    return says


def _rewritten(lines: list[str], block: Block, row: NewRow) -> list[str]:
    for key in ("value", "law"):
        _set(lines, block, key, _quoted(getattr(row, key)))
    if "status" in block.says:
        _set(lines, block, "status", _quoted(row.status))
    kept = lines[block.start : block.end]
    if "status" not in block.says:
        kept.append(f"status = {_quoted(row.status)}")
    reviewed = re.compile(LINE.format("review_by"))
    kept = [line for line in kept if not reviewed.fullmatch(line)]
    return [*lines[: block.start], *kept, *lines[block.end :]]


def _set(lines: list[str], block: Block, key: str, value: str) -> None:
    """Put another value behind a key of a row; what stands behind the value stays."""
    shape = re.compile(LINE.format(key))
    for place in range(block.start, block.end):
        found = shape.fullmatch(lines[place])
        if found:
            lines[place] = f"{found[1]}{value}{found[3]}"
            return
    raise NotLaidOut(key)


def _says(row: NewRow, until: date | None) -> Iterator[str]:
    yield f"since = {row.since.isoformat()}"
    if until is not None:
        yield f"until = {until.isoformat()}"
    yield f"value = {_quoted(row.value)}"
    if row.where:
        yield f"where = {_quoted(row.where)}"
    yield f"law = {_quoted(row.law)}"
    yield f"status = {_quoted(row.status)}"


def _quoted(text: str) -> str:
    """A TOML basic string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
