"""What is refused after a run has paid, each with what happened, why, and what next."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from guanjia.entitlements.errors import RunError
from guanjia.kit import money


class ReturnError(RunError):
    """A bank's return that was refused; nothing of it was taken over."""


class NotWhole(ReturnError):
    """A return that is cut off, or still being written."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "回盘文件不完整：最后一行应是“校验”，文件可能还在写入，或在传送时被截断。没有读入。"
                "请向银行重新取一份。"
            )
        )


class Tampered(ReturnError):
    """A return whose lines are not what its hash says."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "回盘文件的内容与校验码不符，生成之后被改动过。没有读入。请向银行重新取一份原样的文件。"
            )
        )


class WrongTotal(ReturnError):
    """A return whose total is not the sum of its lines. Amounts in fen."""

    def __init__(self, said: int, found: int) -> None:
        super().__init__(
            _(
                "回盘文件的合计是 %(said)s，逐行相加是 %(found)s，对不上。没有读入。"
                "请向银行核对后重新取一份。"
            )
            % {"said": money.show(said), "found": money.show(found)}
        )


class NoReturn(ReturnError):
    """A file that is no return, or a line of it that cannot be read."""

    def __init__(self, line: int) -> None:
        super().__init__(
            _(
                "第 %(line)d 行读不懂，这不是回盘文件的格式。没有读入。"
                "回盘文件的列应是：序号、收款人、收款账号、金额（元）、用途、凭证号、结果、原因。"
            )
            % {"line": line}
        )


class UnknownFile(ReturnError):
    """A return of a file that was never written here."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("没有交过名为“%(name)s”的银行文件。没有读入。请核对是不是别处的回盘。")
            % {"name": name}
        )


class NotSent(ReturnError):
    """A return of a file that nobody said was handed to the bank."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _(
                "“%(name)s”还没有登记交给银行，不能读它的回盘。没有读入。"
                "请先在这个月的批次里登记“已交银行”。"
            )
            % {"name": name}
        )


class SentAlready(RunError):
    """What can only be done before the file is handed to the bank."""

    def __init__(self) -> None:
        super().__init__(
            _("银行文件已经交出，不能再暂缓。没有改动。以后核算时会把多发的列出来，由人处理。")
        )


class HeldStill(RunError):
    """Payments are held: nothing is sent before a second person has decided each."""

    def __init__(self, count: int) -> None:
        super().__init__(
            _("有 %(count)d 笔暂缓还没有决定，不能交银行。请第二个人逐笔决定停发或照发。")
            % {"count": count}
        )


class FileBehind(RunError):
    """The bank's file is being written anew."""

    def __init__(self) -> None:
        super().__init__(_("银行文件正在按最新的账重新生成，请稍候刷新，再登记交银行。"))


class NoSuchPayment(RunError):
    """No payment of this run has that key."""

    def __init__(self, key: str) -> None:
        super().__init__(
            _("这个批次里没有凭证号“%(key)s”的发放，或已经处理过。没有改动。请核对凭证号。")
            % {"key": key}
        )


class AccountWaits(RunError):
    """Another change of this award's account waits for its second person."""

    def __init__(self) -> None:
        super().__init__(_("这项待遇已有一次更正在等第二个人审批。没有改动。请先办完那一次。"))


class ClockWentBack(RunError):
    """The clock shows an earlier moment than one at which something was already done."""

    def __init__(self, last: datetime, at: datetime) -> None:
        before, now = (f"{timezone.localtime(one):%Y-%m-%d %H:%M}" for one in (last, at))
        super().__init__(
            _(
                "服务器时钟显示 %(now)s，比已办的事（%(last)s）还早，可能被拨回了。没有办理。"
                "请系统管理员校准时钟后再试，已办的都还在。"
            )
            % {"last": before, "now": now}
        )


def refuse_back(last: datetime, at: datetime) -> None:
    """Refuse a moment before something that was done already. Raises ClockWentBack."""
    if at < last:
        raise ClockWentBack(last, at)
