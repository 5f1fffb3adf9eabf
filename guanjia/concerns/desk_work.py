"""What of this room may be open at a desk: the concerns that it has, until their askers were called back."""

from django.utils.translation import gettext_lazy as _

from guanjia.cases.models import Case
from guanjia.staff import open_work
from guanjia.staff.models import Post
from guanjia.staff.open_work import Kind, some
from guanjia.staff.roles import May


def _cases(post: Post) -> int:
    return some(Case.objects.filter(desk=post.place_id, closed_at=None))


def register() -> None:
    """Say so to the gate."""
    open_work.register(Kind("cases", _("没有办结的诉求"), May.HANDLE_CASES, "inbox", _cases))
