"""What the case engine refuses, each with what happened, why, and what next."""

from django.utils.translation import gettext as _


class CaseError(ValueError):
    """A move that was refused; nothing of it was written."""


class MovedMeanwhile(CaseError):
    """Somebody else made a move since the page was read."""

    def __init__(self) -> None:
        super().__init__(_("这件事刚刚有了新的进展，您这一步没有生效。请看过最新的情况再办。"))


class NotYours(CaseError):
    """The move is for another desk or another role."""

    def __init__(self) -> None:
        super().__init__(_("这一步不由您的岗位来办。没有改动。"))


class NotNow(CaseError):
    """The state does not allow it."""

    def __init__(self, state: str) -> None:
        super().__init__(_("这件事现在是“%(state)s”，不能这样办。没有改动。") % {"state": state})


class Missing(CaseError):
    """A note, a reason, a desk or a moment that the move needs."""

    def __init__(self, what: str) -> None:
        words = {
            "note": _("请写明情况，对方要看得懂。"),
            "reason": _("请选择原因。"),
            "desk": _("请选择转给哪里。"),
            "until": _("请写明最迟哪一天再看，要在今天之后。"),
            "into": _("请写明并入哪一件：要是您看得到的诉求的编号。"),
        }
        super().__init__(words[what])


class ReturnedEnough(CaseError):
    """Three times returned, or assigned by the backstop desk."""

    def __init__(self) -> None:
        super().__init__(_("退单最多三次，兜底单位指定之后也不能再退。请受理，或报上一级协调。"))


class TooLate(CaseError):
    """The clock has run out: it is not extended afterwards."""

    def __init__(self) -> None:
        super().__init__(_("期限已过或已经延过，不能再延长。请尽快答复。"))


class RatedAlready(CaseError):
    """One rating a round."""

    def __init__(self) -> None:
        super().__init__(_("这一次的评价已经收到了。还没解决的话，可以让我们重新办理。"))


class NotOneMatter(CaseError):
    """A case joins a leading one, not one that was merged itself; and one that leads joins none."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "并不进去：主件不能是它自己或已经并入别处的；已有别件并入的，也不能再并走。请换一件。"
            )
        )
