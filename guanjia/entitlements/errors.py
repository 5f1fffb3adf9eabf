"""What a run refuses, each with what happened, why, and what next."""

from datetime import date

from django.utils.translation import gettext as _


class RunError(ValueError):
    """A request about a run, an award or a lead that was refused; nothing was changed."""


class NoBook(RunError):
    """No book was adopted."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "还没有采用政策簿，不能核算。请先运行 guanjia policy adopt 目录，由两个人经办和审批。"
            )
        )


class ChangedBook(RunError):
    """A stored book is not what its hash says."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            _(
                "政策簿 %(revision)s 的文本与版本号不符，可能被改动过。没有核算。"
                "请从备份恢复，或重新采用政策簿，并查明原因。"
            )
            % {"revision": revision[:12]}
        )


class NothingDecidable(RunError):
    """The book has no rule for any benefit in that month."""

    def __init__(self, month: date) -> None:
        super().__init__(
            _(
                "政策簿里没有一项待遇在 %(month)s 有标准和条件，不能核算。没有建立批次。"
                "请核对月份，或先补上那个月的标准。"
            )
            % {"month": f"{month:%Y-%m}"}
        )


class NotBegun(RunError):
    """The month lies in the future."""

    def __init__(self, month: date, today: date) -> None:
        super().__init__(
            _("%(month)s 还没有开始（今天是 %(today)s），不能核算。没有建立批次。请到当月再来。")
            % {"month": f"{month:%Y-%m}", "today": f"{today:%Y-%m-%d}"}
        )


class OutOfOrder(RunError):
    """Another month is in the way."""

    def __init__(self, month: date, other: date, paid: bool) -> None:
        text = (
            _(
                "%(other)s 已经发放，%(month)s 不能再单独核算。没有建立批次。"
                "以前月份应补发的，会在下一个月的批次里一并补发。"
            )
            if paid
            else _(
                "%(other)s 的批次还没有办完，不能同时核算 %(month)s。没有建立批次。"
                "请先把 %(other)s 审批发放、退回或取消。"
            )
        )
        super().__init__(text % {"month": f"{month:%Y-%m}", "other": f"{other:%Y-%m}"})


class WrongState(RunError):
    """The run is not where this can be done."""

    def __init__(self, state: str) -> None:
        super().__init__(
            _("批次现在是“%(state)s”，不能这样办。没有改动。请刷新页面看最新状态。")
            % {"state": state}
        )


class SamePerson(RunError):
    """One person prepared and approved."""

    def __init__(self) -> None:
        super().__init__(_("经办和审批是同一个人。没有改动。请由另一位有审批权限的人审批。"))


class NoteMissing(RunError):
    """A decision without its reason."""

    def __init__(self) -> None:
        super().__init__(_("请写明原因或核实情况，例如“2020年3月5日入户核实，本人已迁出”。"))


class NotInBulk(RunError):
    """Leads that want a look at each."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _("其中 %(count)d 条不是因死亡或年龄到限，不能批量确认。没有改动。请逐条核实。")
            % {"count": count}
        )
