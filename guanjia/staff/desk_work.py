"""What of the people's room may be open at a desk: changes that were asked for, persons to be let in.

It stands here since the room of people lies below the gate and knows of no desk.
"""

from django.utils.translation import gettext_lazy as _

from guanjia.people.desk_models import ChangeRequest, ChangeState, RegistrationState, Transfer
from guanjia.staff import open_work
from guanjia.staff.models import Post
from guanjia.staff.open_work import Kind, some
from guanjia.staff.roles import May


def _asked(post: Post) -> int:
    return some(ChangeRequest.objects.filter(state=ChangeState.OPEN, prepared_by=post.user_id))


def _to_decide(_post: Post) -> int:
    return some(ChangeRequest.objects.filter(state=ChangeState.OPEN))


def _transfers(post: Post) -> int:
    mine = Transfer.objects.filter(state=RegistrationState.OPEN, place=post.place_id)
    return some(mine)


def register() -> None:
    """Say so to the gate."""
    open_work.register(
        Kind("changes", _("提出了还没有复核的变更"), May.PREPARE_CHANGE, "desk", _asked),
        Kind("changes_to_decide", _("待复核的变更"), May.APPROVE_CHANGE, "desk", _to_decide),
        Kind("transfers", _("待核对的转入"), May.PREPARE_CHANGE, "desk", _transfers),
    )
