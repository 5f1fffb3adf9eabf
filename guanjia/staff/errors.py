"""What the gate refuses about posts, each with what happened, why, and what next."""

from django.utils.translation import gettext as _

from guanjia.staff import roles


class PostError(ValueError):
    """A request about a post or an account that was refused; nothing was changed."""


class OpenWork(PostError):
    """A post with open work was to end, and nobody takes over."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "这个岗位还有没办完的事，不能就这样结束。请选一位接手的人；"
                "没有人能接手的，写明原因强制结束，事情转给当地的审批岗位。"
            )
        )


class NoChief(PostError):
    """A forced end where nobody sits above the desk."""

    def __init__(self) -> None:
        super().__init__(
            _("这个地方和上级都没有在任的审批岗位，没有办完的事无处可转。请先派一个审批岗位。")
        )


class NoSuccessor(PostError):
    """The chosen successor cannot do what is open."""

    def __init__(self) -> None:
        super().__init__(
            _("选中的岗位接不了：要当天在任、管得到这个地方，并且办得了没办完的每一类事。")
        )


class AlreadyEnded(PostError):
    """The post has an earlier end, or its end lies in the past."""

    def __init__(self) -> None:
        super().__init__(_("岗位已在更早的日子结束，或所选日子不在今天和岗位原来的终止日之间。"))


class Incompatible(PostError):
    """One person would hold two roles that do not go together."""

    def __init__(self, held: str) -> None:
        super().__init__(
            _(
                "同一个人不能同时担任这两个岗位：已有“%(held)s”。"
                "经办和审批、系统管理、审计和业务要由不同的人担任。"
            )
            % {"held": held}
        )


class HeldAlready(PostError):
    """The same post is held in that time."""

    def __init__(self) -> None:
        super().__init__(_("这个人在这段时间里已经有同一个岗位。"))


class BadSubstitute(PostError):
    """A substitute outside the time of the post, or without an end."""

    def __init__(self) -> None:
        super().__init__(_("代岗要由另一个人担任，起止日期都在原岗位的任期之内，止日晚于起日。"))


class BadPlace(PostError):
    """A role at a place of another kind."""

    def __init__(self, role: str) -> None:
        super().__init__(
            _("“%(role)s”要派在相应的地方：市级岗位在市，镇街岗位在镇街，协理员在村（社区）。")
            % {"role": roles.NAMES[role]}
        )


class LastAdministrator(PostError):
    """Nobody could open accounts any more."""

    def __init__(self) -> None:
        super().__init__(_("这是最后一位系统管理员，不能结束或停用。请先派另一位。"))
