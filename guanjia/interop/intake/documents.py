"""The document of a row: which kind, which number, and what a right one looks like."""

import re
from functools import cache

from django.utils.translation import gettext as _

from guanjia.interop import cells
from guanjia.interop.cells import BadCell
from guanjia.interop.lines import Row
from guanjia.people import documents
from guanjia.people.documents import BadDocument
from guanjia.people.indexing import CHECKED
from guanjia.people.models import DocumentKind
from guanjia.policy import words

KIND, NUMBER = "证件类型", "证件号码"
ROUNDED = re.compile(r"[0-9](\.[0-9]+)?E\+?[0-9]+", re.I)
PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
RESIDENCE = ("810000", "820000", "830000")
PERMANENT = "9"


def kinds() -> dict[str, str]:
    """Every kind of document by its code, in the language of the day."""
    return _kinds(words.language())


@cache
def _kinds(_language: str) -> dict[str, str]:
    return {kind.value: str(kind.label) for kind in DocumentKind}


def read(row: Row) -> tuple[str, str] | None:
    """Kind and number of a row's document; ("none", "") without one; None where it is wrong.

    Reasons never repeat the number: they are kept longer than the file.
    """
    kind = row.read(KIND, lambda text: cells.choice(text, kinds()))
    text = row.cells[NUMBER].upper().replace(" ", "")
    if kind is None:
        return None
    if not has_number(row, kind, text):
        return (kind, "") if kind == DocumentKind.NONE else None
    try:
        return kind, number(kind, text)
    except (BadDocument, BadCell) as problem:
        row.wrong(NUMBER, str(problem))
        return None


def has_number(row: Row, kind: str, text: str) -> bool:
    """Whether a document of this kind has a number that stands there; what does not agree is said."""
    if kind == DocumentKind.NONE:
        if text:
            row.wrong(NUMBER, _("证件类型是“无证件”，这里应空着。"))
        return False
    if not text:
        row.wrong(NUMBER, _("不能空着；确实没有证件的，证件类型写“无证件”。"))
    return bool(text)


def number(kind: str, text: str) -> str:
    """The number of this kind in its full form. Raises BadDocument, BadCell."""
    if ROUNDED.fullmatch(text):
        raise BadCell(
            _(
                "表格软件把号码改成了数字，后几位已经丢失。请先把这一列的格式设成“文本”，"
                "再对照证件重新填写。"
            )
        )
    if kind not in CHECKED:
        if not PASSPORT.fullmatch(text):
            raise BadCell(_("护照号应是5至20位字母或数字。请对照证件再填一次。"))
        return text
    found = documents.citizen_number(text)
    begins = found.startswith(RESIDENCE), found.startswith(PERMANENT)
    if kind == DocumentKind.HK_MO_TW_RESIDENCE and not begins[0]:
        raise BadCell(_("港澳台居民居住证号应以 810000、820000 或 830000 开头。请核对证件类型。"))
    if kind == DocumentKind.PERMANENT_RESIDENCE and not begins[1]:
        raise BadCell(_("外国人永久居留身份证（2023版）号应是18位、以9开头。请核对证件类型。"))
    if kind == DocumentKind.CITIZEN and any(begins):
        raise BadCell(
            _(
                "以 81、82、83 开头的是港澳台居民居住证，以 9 开头的是外国人永久居留身份证。请改证件类型。"
            )
        )
    return found
