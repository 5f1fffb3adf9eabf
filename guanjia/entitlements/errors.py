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


class AlreadyDecided(RunError):
    """Figures would change in months that were decided and paid."""

    def __init__(self, since: date, last: date) -> None:
        super().__init__(
            _(
                "%(last)s 已经核算，从 %(since)s 起改标准会动到已作出的决定。没有试算。"
                "请从以后的月份起试算。"
            )
            % {"since": f"{since:%Y-%m}", "last": f"{last:%Y-%m}"}
        )


class TooManyMonths(RunError):
    """More months than a what-if may try, or none."""

    def __init__(self, months: int, most: int) -> None:
        super().__init__(
            _("不能试算 %(months)d 个月。没有试算。请写 1 到 %(most)d 个月。")
            % {"months": months, "most": most}
        )


class NoSuchTown(RunError):
    """A figure for a place that is not in the register."""

    def __init__(self, code: str) -> None:
        super().__init__(
            _("没有区划代码为 %(code)s 的地方。没有试算。请写镇街的九位代码。") % {"code": code}
        )


class EndedBefore(RunError):
    """A what-if or a proposal on which nothing can be done any more."""

    def __init__(self, state: str) -> None:
        super().__init__(
            _("现在是“%(state)s”，不能再这样办。没有改动。请刷新页面看最新情况。")
            % {"state": state}
        )


class NothingNew(RunError):
    """The book proposed is the one in force."""

    def __init__(self) -> None:
        super().__init__(_("这个政策簿就是现行的，没有变化，不用再提请采用。"))


class AdoptedOnce(RunError):
    """The book proposed is one that was in force before."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            _(
                "政策簿 %(revision)s 以前采用过，后来换了新的，不能原样再采用一次。没有改动。"
                "要恢复旧标准，请另写一行，写明从哪天起、依据什么。"
            )
            % {"revision": revision[:12]}
        )


class Overtaken(RunError):
    """Another book was adopted since this one was prepared."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "提请之后，另有一个政策簿已经采用，这里列的变化不再是对现行政策簿的变化。没有采用。"
                "请退回，由经办人在现行政策簿上重新提请。"
            )
        )


class NotTried(RunError):
    """A what-if that has not come to its end: nobody has seen what it costs."""

    def __init__(self, state: str) -> None:
        super().__init__(
            _("这次试算现在是“%(state)s”，没有全部算完，不能提请采用。请按同样的改动再试算一次。")
            % {"state": state}
        )


class LawMissing(RunError):
    """A proposal with figures that rest on no document yet."""

    def __init__(self, labels: str) -> None:
        super().__init__(
            _(
                "没有采用：%(labels)s还是拟定的，没有写明依据的文件。"
                "发文之后，请经办人在那次试算的页面写上文件名和文号，重新提请采用。"
            )
            % {"labels": labels}
        )


class OutOfDate(RunError):
    """A what-if whose book is no longer the one in force."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "试算之后，政策簿已经换过，算出来的不再是对现行政策簿的变化。请重新试算，再提请采用。"
            )
        )


class NotPreparer(RunError):
    """Somebody else's proposal."""

    def __init__(self) -> None:
        super().__init__(_("只有提请的人能撤回。没有改动。不同意采用的，请由审批人退回。"))
