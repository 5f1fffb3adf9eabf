"""What the ledger refuses, each with what happened, why, and what next."""

from django.utils.translation import gettext as _

from guanjia.kit import money


class LedgerError(ValueError):
    """A posting that was refused; nothing of it was written."""


class SamePerson(LedgerError):
    """One person prepared and approved."""

    def __init__(self) -> None:
        super().__init__(_("经办和审批是同一个人。没有记账。请由另一位有审批权限的人审批。"))


class Overdrawn(LedgerError):
    """An account holds less than is needed. Amounts in fen."""

    def __init__(self, account: str, name: str, balance: int, need: int) -> None:
        self.account, self.balance, self.need = account, balance, need
        super().__init__(
            _(
                "账户 %(account)s（%(name)s）余额 %(balance)s，本次需要 %(need)s，还差 %(short)s。"
                "本批没有记账，已记的账不受影响。请先追加拨款，再点“重试”。"
            )
            % {
                "account": account,
                "name": name,
                "balance": money.show(balance),
                "need": money.show(need),
                "short": money.show(need - balance),
            }
        )


class NothingToMove(LedgerError):
    """An amount that is nought or less."""

    def __init__(self, fen: int) -> None:
        super().__init__(
            _("金额应大于零，收到的是 %(fen)s。没有记账。请核对金额。") % {"fen": money.show(fen)}
        )
