"""What of this room may be open at a desk: the concerns that it has, until their askers were called back."""

from django.utils.translation import gettext_lazy as _

from guanjia.cases import askers
from guanjia.cases.models import Case
from guanjia.concerns.models import Concern
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.people import seal
from guanjia.staff import open_work
from guanjia.staff.models import Post
from guanjia.staff.open_work import Kind, some
from guanjia.staff.roles import May


def _cases(post: Post) -> int:
    return some(Case.objects.filter(desk=post.place_id, closed_at=None))


def _phone(case: Case) -> str:
    concern = Concern.objects.only("phone_sealed").filter(case=case).first()
    return seal.unseal(bytes(concern.phone_sealed)) if concern and concern.phone_sealed else ""


def _address(case: Case) -> str:
    concern = Concern.objects.only("email_sealed").filter(case=case).first()
    return seal.unseal(bytes(concern.email_sealed)) if concern and concern.email_sealed else ""


def register() -> None:
    """Say so to the gate, and to those who tell askers."""
    askers.register(CONCERN.kind, _phone, _address)
    open_work.register(Kind("cases", _("没有办结的诉求"), May.HANDLE_CASES, "inbox", _cases))
