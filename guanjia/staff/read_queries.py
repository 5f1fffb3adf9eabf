"""Questions about the read log: who looked at somebody, and what an auditor goes through."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from guanjia.kit.days import SHANGHAI
from guanjia.people.models import Person
from guanjia.staff.lists import Column
from guanjia.staff.read_models import Read, ReadKind

SHOWN, PAGE, BATCH = 20, 50, 1000
# What counts as out of hours is an assumption of this product, to be set by the bureau's own order.
OFFICE_BEGINS, OFFICE_ENDS = time(7), time(21)

NEWEST = Column("number", _("序号"), by="id", kind="number", unseen=True)
COLUMNS = (
    Column("at", _("时间"), fixed=True),
    Column("who", _("谁"), fixed=True),
    Column("what", _("做了什么"), fixed=True),
    Column("found", _("结果数")),
    Column("address", _("来自地址")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the log as listed: `name` of the person where the post reaches her."""

    read: Read
    name: str
    at_night: bool

    @property
    def number(self) -> str:
        """Which number was shown whole, in words; nothing where none was."""
        if self.read.kind != ReadKind.REVEAL:
            return ""
        plain = {"document": _("证件号"), "phone": _("电话"), "email": _("电子邮箱")}
        return str(plain.get(self.read.what, _("收款账号")))


def looked(person: int) -> list[Read]:
    """Who opened the page of a person or of her household, or saw her numbers, newest first."""
    kinds = [ReadKind.PERSON, ReadKind.HOUSEHOLD, ReadKind.REVEAL]
    found = Read.objects.filter(person=person, kind__in=kinds)
    return list(found.select_related("user", "post__place").order_by("-id")[:SHOWN])


def picked(kind: str, account: str) -> QuerySet[Read]:
    """The rows that a filter wants, as far as the post may read them."""
    found = Read.objects.select_related("user", "post__place")
    if kind:
        found = found.filter(kind=kind)
    return found.filter(user__username=account) if account else found


def lines(reads: Sequence[Read]) -> Iterator[Line]:
    """The rows with the names of persons within reach, in one query."""
    names = dict(
        Person.objects.filter(pk__in={r.person for r in reads if r.person}).values_list(
            "pk", "name"
        )
    )
    for read in reads:
        yield Line(read, names.get(read.person or 0, ""), at_night(read.at))


def at_night(at: datetime) -> bool:
    """Whether something was read outside the hours in which an office is at work."""
    moment = at.astimezone(SHANGHAI).time()
    return not OFFICE_BEGINS <= moment < OFFICE_ENDS
