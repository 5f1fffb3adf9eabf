"""What the desk's verbs refuse, in words for whoever asked."""

from django.utils.translation import gettext as _


class DeskError(Exception):
    """A verb of the desk that may not be done; the text says why and what to do instead."""


class SamePerson(DeskError):
    """Who prepared it may not decide on it."""

    def __init__(self) -> None:
        super().__init__(_("您自己提的，不能由您复核。请由另一位有复核权限的人办。"))


class WrongState(DeskError):
    """It has been decided already."""

    def __init__(self, state: str) -> None:
        super().__init__(_("这一件现在是“%(state)s”，不能再办这一步。") % {"state": state})


class ReasonMissing(DeskError):
    """Whoever sends back, undoes or refuses says why."""

    def __init__(self) -> None:
        super().__init__(_("请写明原因，对方才知道怎么办。"))


class AlreadyAsked(DeskError):
    """One open request a person and fact."""

    def __init__(self) -> None:
        super().__init__(_("同一事项已有一件变更在等复核。请先办完那一件，或由申请人撤回。"))


class MovesMoney(DeskError):
    """A fact that a chapter reads is not corrected directly."""

    def __init__(self) -> None:
        super().__init__(_("这一事项影响待遇，不能直接更正。请提出变更申请，由另一人复核。"))


class NotBelieved(DeskError):
    """The facts no longer allow it."""


class TooMany(DeskError):
    """A post registers so many persons an hour and no more."""

    def __init__(self) -> None:
        super().__init__(_("本岗位一小时内登记的人数已到上限（60人）。请过一小时再登记。"))


class AlreadyHere(DeskError):
    """The post reaches this person already: `person` is the key of the file."""

    def __init__(self, person: int) -> None:
        super().__init__(_("这个人已在您岗位的范围内，不用再登记。"))
        self.person = person
