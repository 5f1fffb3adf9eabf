"""What of this room may be open at a desk: leads to visit, months and books that somebody set going."""

from django.utils.translation import gettext_lazy as _

from guanjia.entitlements.models import WORKING, Lead, LeadState, Run, RunState
from guanjia.entitlements.tables.books import AT_WORK, Proposal, ProposalState, WhatIf
from guanjia.staff import open_work
from guanjia.staff.models import Post
from guanjia.staff.open_work import Kind, some
from guanjia.staff.roles import May

UNDER_WAY = (*WORKING, RunState.READY, RunState.FAILED)


def _leads(_post: Post) -> int:
    return some(Lead.objects.filter(state=LeadState.OPEN))


def _runs(post: Post) -> int:
    return some(Run.objects.filter(prepared_by=post.user_id, state__in=UNDER_WAY))


def _to_approve(_post: Post) -> int:
    return some(Run.objects.filter(state=RunState.READY))


def _what_ifs(post: Post) -> int:
    return some(WhatIf.objects.filter(by=post.user_id, state__in=AT_WORK))


def _proposals(post: Post) -> int:
    return some(Proposal.objects.filter(prepared_by=post.user_id, state=ProposalState.PROPOSED))


def register() -> None:
    """Say so to the gate."""
    open_work.register(
        Kind("leads", _("待走访的线索"), May.SETTLE_LEADS, "leads", _leads),
        Kind("runs", _("经办中的发放"), May.ASK_RUN, "runs", _runs),
        Kind("runs_to_approve", _("待审批的发放"), May.APPROVE_RUN, "runs", _to_approve),
        Kind("what_ifs", _("算到一半的试算"), May.SEE_DRAFTS, "what_ifs", _what_ifs),
        Kind(
            "proposals", _("提请了还没有审批的政策簿改动"), May.SEE_DRAFTS, "what_ifs", _proposals
        ),
    )
