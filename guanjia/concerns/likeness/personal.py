"""Personal data in public text: found before publishing, and masked. Plain: a text in, places of it out."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guanjia.people.documents import BadDocument, citizen_number

WIDE = {0xFF10 + n: 0x30 + n for n in range(10)} | {
    ord("Ｘ"): ord("X"),
    ord("ｘ"): ord("x"),
    ord("－"): ord("-"),
}
GAP = r"[ \-]?"
NUMBER = re.compile(rf"(?<![0-9])[0-9](?:{GAP}[0-9]){{14,18}}(?:{GAP}[Xx])?(?![0-9])")
MOBILE = re.compile(rf"(?<![0-9])(?:\+?86{GAP})?1[3-9][0-9](?:{GAP}[0-9]){{8}}(?![0-9])")
LANDLINE = re.compile(r"(?<![0-9])(?:0[0-9]{2,3}[ \-]?[2-9][0-9]{6,7}|[2-9][0-9]{7})(?![0-9])")
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
PLATE = re.compile(
    rf"[{PROVINCES}][A-HJ-NP-Z][ ·\-]?(?:[A-HJ-NP-Z0-9]{{5}}[港澳]?|[A-HJ-NP-Z0-9]{{6}})(?![A-Z0-9])"
)
DAYS = "到账|到的|发的|发放|左右|开始|之前|之后|前后|那天|早上|晚上|上午|下午|才到|才发|还没"
"""What follows the day of a month, and not the number of a door."""
DOOR = re.compile(
    r"[0-9一二三四五六七八九十百]{1,4}(?:栋|幢|座|号楼|单元|梯)(?:[0-9A-Za-z一二三四五六七八九十]{1,5}(?:单元|梯|楼|层|室|房|号))*"
    r"(?:[0-9]{3,4}(?:室|房|号)?)?|"
    rf"(?<![0-9月])[0-9]{{1,5}}号(?!线|路|{DAYS})"
    r"(?:[0-9]{3,4}(?:室|房))?|(?<![0-9])[0-9]{3,4}(?:室|房)"
)
KINDS = ("document", "phone", "card", "plate", "door")


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data: its kind (one of KINDS) and where it stands, from, to."""

    kind: str
    begins: int
    ends: int


def found(text: str) -> list[Found]:
    """Everything of KINDS in a text, in order; pieces do not overlap. An ID number needs its check
    digit, a bank card its Luhn digit; what only looks like them is a number like any other.
    """
    read = text.translate(WIDE)
    taken: list[Found] = []
    for finder in (_numbers, _pattern("phone", MOBILE), _pattern("phone", LANDLINE)):
        _add(taken, finder(read))
    for kind, pattern in (("plate", PLATE), ("door", DOOR)):
        _add(taken, _pattern(kind, pattern)(read))
    return sorted(taken, key=lambda one: one.begins)


def masked(text: str) -> str:
    """The text with every such piece as stars of its length, so that what is told stays readable."""
    signs = list(text)
    for one in found(text):
        signs[one.begins : one.ends] = "*" * (one.ends - one.begins)
    return "".join(signs)


def luhn(digits: str) -> bool:
    """Whether a bank card's last digit fits the others."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _add(taken: list[Found], more: Iterator[Found]) -> None:
    for one in more:
        if all(one.ends <= t.begins or t.ends <= one.begins for t in taken):
            taken.append(one)


def _numbers(text: str) -> Iterator[Found]:
    for hit in NUMBER.finditer(text):
        signs = re.sub(r"[ \-]", "", hit[0])
        if _is_document(signs):
            yield Found("document", *hit.span())
        elif 15 < len(signs) < 20 and signs.isdecimal() and luhn(signs):
            yield Found("card", *hit.span())


def _is_document(signs: str) -> bool:
    try:
        return len(signs) in (15, 18) and bool(citizen_number(signs))
    except (BadDocument, ValueError):
        return False


def _pattern(kind: str, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Found]]:
    def find(text: str) -> Iterator[Found]:
        return (Found(kind, *hit.span()) for hit in pattern.finditer(text))

    return find
