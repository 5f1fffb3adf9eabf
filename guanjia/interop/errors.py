"""What an import refuses, each with what happened, why, and what next."""

from django.utils.translation import gettext as _

from guanjia.people.registering import AT_MOST_AN_HOUR


class ImportRefused(ValueError):
    """A request about an import that was refused; nothing was changed."""


class SameFile(ImportRefused):
    """The file is being imported already."""

    def __init__(self, number: int | None) -> None:
        text = (
            _("这个文件正在导入（第 %(number)d 号），没有再开一次。请等它办完，或先停止它。")
            % {"number": number}
            if number
            else _("这个文件正在导入，没有再开一次。请等它办完。")
        )
        super().__init__(text)
        self.number = number


class NotNow(ImportRefused):
    """The import is not where this can be done."""

    def __init__(self, state: str) -> None:
        super().__init__(
            _("导入现在是“%(state)s”，不能这样办。没有改动。请刷新页面看最新情况。")
            % {"state": state}
        )


class SecondPerson(ImportRefused):
    """Awards are written by somebody else than who handed them in."""

    def __init__(self) -> None:
        super().__init__(
            _("文件里有已批准的待遇：经办和审批须是两个人。请由有审批权限的另一位来写入。")
        )


class NothingGood(ImportRefused):
    """No row would be written."""

    def __init__(self) -> None:
        super().__init__(_("没有一行可以写入。请下载退回的行，改好再交。"))


class FileGone(ImportRefused):
    """The file was deleted after its time."""

    def __init__(self, days: int) -> None:
        super().__init__(
            _("文件保存 %(days)d 天，已经删除，不能再写入。请重新交一次文件。") % {"days": days}
        )


class PostEnded(ImportRefused):
    """The post under whose eyes the import stands is no longer held."""

    def __init__(self) -> None:
        super().__init__(
            _("交文件的岗位已经结束，或不再有导入的权限。没有再写入。请由现在的经办重新交。")
        )


class Depended(ImportRefused):
    """Something stands on what the import wrote."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__(
            _("不能撤销：%(reasons)s。没有改动。请先处理这些，或逐条更正。")
            % {"reasons": "；".join(reasons)}
        )


class ManyElsewhere(ImportRefused):
    """More persons of a file are known elsewhere than one post may learn of in an hour."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "已在别处登记的人太多：一个岗位一小时内最多登记、查核 %(most)d 人。没有再写入。"
                "请把文件交市级经办导入，或过一小时再接着写入。"
            )
            % {"most": AT_MOST_AN_HOUR}
        )


class KeysMissing(ImportRefused):
    """Numbers cannot be sealed or looked up."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "封存证件号码的密钥不在这台服务器上，不能读，也不能写。没有写入任何内容。"
                "请系统管理员把密钥放回数据目录的 keys 文件夹，再重试。"
            )
        )


class ClockBack(ImportRefused):
    """Now lies before what is recorded."""

    def __init__(self) -> None:
        super().__init__(
            _("这台服务器的时间早于已登记的时间，时钟可能拨慢了。没有改动。请先校准时钟，再重试。")
        )
