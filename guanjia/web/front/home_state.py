"""What the home page tells: what waits for a post, how the last month went, how the book stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guanjia.concerns.matters import queries as concerns
from guanjia.entitlements import queries
from guanjia.entitlements.models import Change, Lead, LeadKind, LeadState, Run, RunState
from guanjia.entitlements.runs import pages as run_pages
from guanjia.entitlements.what_if import what_ifs
from guanjia.interop import imports
from guanjia.kit import clock
from guanjia.policy import words
from guanjia.policy.book import BookError
from guanjia.policy.chapter import Chapter, FigureRow
from guanjia.staff import gate
from guanjia.staff import queries as posts
from guanjia.staff.roles import May
from guanjia.web.book import charts, the_book
from guanjia.web.book.the_book import Benefit

# Runs that came to a result, and what of it a leader asks first.
WORKED_OUT = (RunState.READY, RunState.APPROVED, RunState.PAID)
A_YEAR = 12
NOTHING = run_pages.Sums(0, 0)
ASKED_FIRST = (Change.NEW, Change.CHANGED, Change.STOPPED)
LEADS = {
    LeadKind.MISSED: ("users", _("符合条件却没有领取的家庭和个人，请上门看看。")),
    LeadKind.DOUBTFUL: ("alert-triangle", _("可能不再符合的，核实之前照常发放。")),
    LeadKind.UNKNOWN: ("help-circle", _("缺一项资料，问清楚才能算。")),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits: how many, of what, where to go."""

    count: int
    label: Promise | str
    why: Promise | str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run with a result, as far as this post sees it; `more` is fen against the month before.

    `months` are the latest runs and what each pays, oldest first; `chart` draws them.
    """

    run: Run
    paid: run_pages.Sums
    more: int | None
    changes: Sequence[tuple[Change, int]]
    months: Sequence[tuple[Run, run_pages.Sums]]
    chart: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class BookState:
    """How the book stands today: its benefits, and the figures whose review is overdue."""

    benefits: list[Benefit]
    unreviewed: list[tuple[Chapter, FigureRow]]
    next_review: date | None
    adopted: bool


def waiting(request: HttpRequest) -> list[Waiting]:
    """What waits for the post of this request, the most pressing first."""
    found = _handed_to_me(request)
    if gate.allows(request, May.HANDLE_CASES):
        found += _concerns(request)
    if gate.allows(request, May.APPROVE_RUN):
        found += _runs_to_approve()
        found += _proposals_to_decide(request)
        found += _awards_to_let_in(request)
    if gate.allows(request, May.SETTLE_LEADS):
        found += _open_leads()
    return found


def last_run(request: HttpRequest) -> LastRun | None:
    """The newest run that came to a result, with the sums of the places this post sees."""
    if not gate.allows(request, May.SEE_MONEY):
        return None
    runs = list(queries.runs().filter(state__in=WORKED_OUT)[:A_YEAR])
    if not runs:
        return None
    sums = run_pages.paid_sums(runs)
    months = [(run, sums.get(run.pk, NOTHING)) for run in reversed(runs)]
    run, paid = months[-1]
    whole = run_pages.in_all(run)
    several = len(months) > 1
    return LastRun(
        run=run,
        paid=paid,
        more=paid.fen - months[-2][1].fen if several else None,
        changes=[(cell.what, cell.units) for cell in whole.cells if cell.what in ASKED_FIRST],
        months=months,
        chart=charts.bars([(run.month, sums.fen) for run, sums in months]) if several else None,
    )


def book_state(today: date) -> BookState | None:
    """How the book stands: what must be reviewed, and what comes next. None where none loads."""
    try:
        shown = the_book.shown()
    except BookError:
        return None
    benefits = the_book.benefits(shown.book, today)
    now = [(one.chapter, row) for one in benefits for row in one.rows]
    coming = [row.review_by for _chapter, row in now if row.review_by and row.review_by >= today]
    return BookState(
        benefits=benefits,
        unreviewed=[(chapter, row) for chapter, row in now if row.unreviewed(today)],
        next_review=min(coming, default=None),
        adopted=shown.adopted_at is not None,
    )


def _runs_to_approve() -> list[Waiting]:
    why = _("核算已经完成，由您复核、批准之后才记账发放。")
    return [
        Waiting(1, _to_approve(run.month), why, "cash-banknote", reverse("run", args=[run.pk]))
        for run in queries.runs().filter(state=RunState.READY)
    ]


def _handed_to_me(request: HttpRequest) -> list[Waiting]:
    why = _("接手前请看一遍有哪些事；确认以后，这一条不再出现。")
    return [
        Waiting(
            amount,
            gettext("%(who)s 移交给您的事") % {"who": one.post.user},
            why,
            "switch-horizontal",
            reverse("handover", args=[one.pk]),
        )
        for one, amount in posts.handed_to(gate.user_of(request).pk)
    ]


def _proposals_to_decide(request: HttpRequest) -> list[Waiting]:
    why = _("有人提请改政策簿，由您看过逐行的变化之后采用或退回。")
    assert request.user.pk is not None  # only who signed in has a post
    return [
        Waiting(1, _("政策簿的改动待审批"), why, "book-2", reverse("proposal", args=[one.pk]))
        for one in what_ifs.waiting_for(request.user.pk)
    ]


def _awards_to_let_in(request: HttpRequest) -> list[Waiting]:
    why = _("表格里有已批准的待遇，由您看过检查的结果之后写入。")
    assert request.user.pk is not None  # only who signed in has a post
    return [
        Waiting(1, _("导入的待遇待审批"), why, "upload", reverse("import", args=[one.pk]))
        for one in imports.waiting_for(request.user.pk)
    ]


def _to_approve(month: date) -> str:
    return gettext("%(month)s的发放待审批") % {"month": words.month(month)}


def _concerns(request: HttpRequest) -> list[Waiting]:
    """What the post's own desk has to do, and what of it is late."""
    mine, late = concerns.waiting(gate.post_of(request), clock.now())
    inbox = reverse("inbox")
    overdue = _("过了答应的时间还没有答复，请马上办。")
    todo = _("居民的诉求，先到期的先办。")
    found = [
        Waiting(late, _("诉求已超时"), overdue, "alert-triangle", f"{inbox}?state=late"),
        Waiting(mine, _("诉求待办"), todo, "mail", inbox),
    ]
    return [one for one in found if one.count]


def _open_leads() -> list[Waiting]:
    is_open = {kind.value: Count("pk", filter=Q(kind=kind)) for kind in LEADS}
    counts = Lead.objects.filter(state=LeadState.OPEN).aggregate(**is_open)
    return [
        Waiting(counts[kind.value], kind.label, why, icon, f"{reverse('leads')}?kind={kind.value}")
        for kind, (icon, why) in LEADS.items()
        if counts[kind.value]
    ]
