"""A case in words: its clocks with why they end when they do, its timeline, its desk, what is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from guanjia.cases import queries, terms
from guanjia.cases import words as case_words
from guanjia.cases.clock import Deadline
from guanjia.cases.models import Case, Clock, Event, State, Who
from guanjia.cases.promises import Promises
from guanjia.cases.workflow import ACCEPT, CONTACT, FINISH, VISIT
from guanjia.concerns.models import Concern
from guanjia.concerns.rules.brand import Brand
from guanjia.kit.days import SHANGHAI
from guanjia.people import words as people_words
from guanjia.people.acting import named
from guanjia.policy.words import day, told

CITY, TOWN = 6, 9
PROMISED = {  # a clock as its asker would call it
    ACCEPT: gettext_lazy("决定受不受理"),
    CONTACT: gettext_lazy("第一次联系您"),
    FINISH: gettext_lazy("答复您"),
    VISIT: gettext_lazy("问您满不满意"),
}


STANDS = {  # how far a case is, as its asker would say it
    State.RECEIVED: gettext_lazy("收到了，等待受理"),
    State.HANDLING: gettext_lazy("正在办"),
    State.PAUSED: gettext_lazy("要等一等"),
    State.ANSWERED: gettext_lazy("有答复了"),
    State.CLOSED: gettext_lazy("办结了"),
}


@dataclass(frozen=True, slots=True)
class ClockShown:
    """One promise: what, until when, how it stands (running, late, met, met_late), why on that day."""

    label: str
    ends: str
    stands: str
    left: str
    period: str
    law: str
    status: str
    provisional: bool
    steps: Sequence[str]
    moved: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One event in words."""

    at: datetime
    text: str
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class FileShown:
    """One photo or document: its place in the case's row, what it is called, how large, who gave it."""

    position: int
    name: str
    size: str
    photo: bool
    by: str
    at: datetime


def files(case: Case, for_asker: bool = False) -> list[FileShown]:
    """What was given with a case; its asker sees his own and what came with an answer to him."""
    found = enumerate(case.attachments.all(), start=1)
    return [
        FileShown(
            position=position,
            name=one.name,
            size=filesizeformat(one.size),
            photo=one.is_photo,
            by=str(one.get_who_display()),
            at=one.at,
        )
        for position, one in found
        if not for_asker
        or one.who == Who.RESIDENT
        or (one.event is not None and one.event.verb in case_words.OPEN_NOTES)
    ]


def category(concern: Concern, brand: Brand) -> str:
    """The category's name; of one that the city has dropped, the name that it had."""
    known = brand.categories.get(concern.category)
    return str(known) if known else told(concern.category_label)


def dropped(concern: Concern, brand: Brand) -> bool:
    """Whether the city has dropped the category meanwhile."""
    return concern.category not in brand.categories


def desk(code: str, names: Mapping[str, str]) -> str:
    """Who has it: the city's bureau, a town's lead office, a village or community."""
    place = people_words.place_words(code, names)
    if len(code) == CITY:
        return _("%(place)s民政局") % {"place": place}
    return _("%(place)s牵头部门") % {"place": place} if len(code) == TOWN else place


def ends(deadline: Deadline) -> str:
    """`2020年4月7日 24:00`."""
    at = deadline.at.astimezone(SHANGHAI)
    hour = "24:00" if at.date() > deadline.day else f"{at:%H:%M}"
    return f"{day(deadline.day)} {hour}"


def ends_of(case: Case) -> str:
    """When a case is due, in words; '' where it is due no more."""
    return ends(queries.moment(case.due_at)) if case.due_at else ""


def left(due_at: datetime, at: datetime, promises: Promises) -> str:
    """How much is left, in working days, or hours on the last day; or by how many days it is late."""
    seconds = (due_at - at).total_seconds()
    if seconds < 0:
        over = int(-seconds // 86400)
        if over:
            return ngettext("已超 %(n)d 天", "已超 %(n)d 天", over) % {"n": over}
        return _("已超时")
    today, last = at.astimezone(SHANGHAI).date(), queries.moment(due_at).day
    worked = promises.days.worked_between(today, last)
    if worked and seconds >= 86400:
        return ngettext("还剩 %(n)d 个工作日", "还剩 %(n)d 个工作日", worked) % {"n": worked}
    hours = int(seconds // 3600)
    if not hours:
        return _("还剩不到 1 小时")
    return ngettext("还剩 %(n)d 小时", "还剩 %(n)d 小时", hours) % {"n": hours}


def clocks(
    case: Case, promises: Promises, at: datetime, for_asker: bool = False
) -> list[ClockShown]:
    """The clocks of the case's round, those that run before those that were met."""
    found = [c for c in case.clocks.all() if c.round == case.round]
    found.sort(key=lambda c: (c.met_at is not None, c.due_at))
    return [_clock(one, promises, at, for_asker) for one in found]


def _clock(one: Clock, promises: Promises, at: datetime, for_asker: bool) -> ClockShown:
    period = terms.read_period(one.period)
    late = one.late if one.met_at else at > one.due_at
    stands = ("met_late" if late else "met") if one.met_at else ("late" if late else "running")
    first = (
        promises.due(one.promise, one.started_at).at if one.promise in promises.by_code else None
    )
    return ClockShown(
        label=str(PROMISED[one.kind] if for_asker else one.get_kind_display()),
        ends=ends(queries.deadline(one)),
        stands=stands,
        left="" if one.met_at or one.paused_since else left(one.due_at, at, promises),
        period=terms.told_period(period),
        law=one.law,
        status=one.status,
        provisional=one.provisional,
        steps=[terms.told_step(step, period) for step in queries.why(one, promises)],
        moved=first is not None and first != one.due_at,
    )


def stands(state: str, solved: bool | None) -> str:
    """How far a case is; `solved`: what its asker said of the answer, None for nothing yet."""
    if state == State.CLOSED and solved is False:
        return _("答复过了，您说没有解决")
    return str(STANDS[State(state)])


def answer(case: Case) -> str:
    """What the asker was told in this round; '' where they were not told yet."""
    told = [
        e.note for e in case.events.all() if e.round == case.round and e.became == State.ANSWERED
    ]
    return told[0] if told else ""


def for_asker(events: Sequence[Event]) -> list[Happened]:
    """The timeline in plain words, oldest first; of notes only those that were meant for the asker."""
    shown = []
    for one in events:
        if one.verb not in case_words.TO_ASKER:
            continue  # between desks
        note = one.note if one.verb in case_words.OPEN_NOTES else ""
        shown.append(Happened(one.at, str(case_words.TO_ASKER[one.verb]), note, ""))
    return shown


def for_desk(events: Sequence[Event], names: Mapping[str, str]) -> list[Happened]:
    """The timeline in the office's terms, newest first."""
    return [_for_desk(one, names) for one in reversed(events)]


def _for_desk(one: Event, names: Mapping[str, str]) -> Happened:
    reason = one.reason
    if one.verb == "escalate":
        text = str(case_words.LEVELS[int(reason)])
    elif one.verb == "untold":
        way = case_words.WAYS.get(reason, reason)
        text = _("%(way)s没有送到，请打电话告诉对方") % {"way": way}
    elif one.verb == "merge":
        text = _("并入第 %(number)s 号诉求") % {"number": reason}
    else:
        said = case_words.REASONS.get(reason)
        verb = str(case_words.MOVES[one.verb])
        text = _("%(verb)s：%(reason)s") % {"verb": verb, "reason": said} if said else verb
    if one.verb in ("open", "transfer", "return", "assign", "escalate", "lift"):
        text = _("%(text)s → %(desk)s") % {"text": text, "desk": desk(one.desk_id, names)}
    by = named(one.by, one.post) if one.who == Who.STAFF else str(one.get_who_display())
    return Happened(one.at, text, one.note, by)
