"""`guanjia bank return FILE`, `guanjia bank sent 2020-01`: the bank's side of a month, in a terminal."""

import sys
from pathlib import Path

from guanjia.entitlements import queries
from guanjia.entitlements.after_errors import NoReturn
from guanjia.entitlements.bank import holding, returning
from guanjia.entitlements.bank.reconciling import of_return
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.runs.cli import desk_of
from guanjia.interop import returns
from guanjia.kit import clock, money, scope
from guanjia.policy.options import month_of, options
from guanjia.policy.words import word
from guanjia.staff import gate
from guanjia.staff.roles import May


def take_back(words: list[str]) -> int:
    """Read a bank's return; 0 where every line found its payment, 1 where some did not."""
    asked = options("bank return", word("读入银行回盘文件：成功的记下，失败的挂账。"))
    asked.add_argument("file", type=Path, metavar=word("文件"))
    asked.add_argument("--as", dest="name", default="", metavar=word("账号"), help=word("经办人"))
    found = asked.parse_args(words[1:] if words[:1] == ["return"] else words)
    desk = desk_of(found.name, May.ASK_RUN)
    if found.file.stat().st_size > returns.LARGEST:
        raise NoReturn(1)
    back = returns.read(found.file.name, found.file.read_bytes())
    with scope.hold(gate.scope_of(desk)):
        taken, new = returning.take_over(back, desk.user, clock.now(), clock.today())
        told = of_return(taken)
    if not new:
        print(word("这份回盘以前读过，没有再记一次。"))
    print(
        word(
            "{file}：成功 {paid} 笔 {paid_fen}，失败 {failed} 笔 {failed_fen}，对不上 {lost} 笔。",
            file=taken.name,
            paid=told.paid.units,
            paid_fen=money.show(told.paid.fen),
            failed=told.failed.units,
            failed_fen=money.show(told.failed.fen),
            lost=told.unmatched.units,
        )
    )
    return int(told.unmatched.units > 0)


def sent(words: list[str]) -> int:
    """Say that a month's file was handed to the bank."""
    asked = options("bank sent", word("登记某个月的银行文件已经交给银行。"))
    asked.add_argument("month", type=month_of, metavar=word("月份"), help=word("例如 2020-01"))
    asked.add_argument("--as", dest="name", default="", metavar=word("账号"), help=word("经办人"))
    found = asked.parse_args(words[1:] if words[:1] == ["sent"] else words)
    desk = desk_of(found.name, May.ASK_RUN)
    with scope.hold(gate.scope_of(desk)):
        run = queries.runs().filter(month=found.month, state="paid").first()
        if run is None:
            print(word("没有这个月已发放的批次。"), file=sys.stderr)
            return 1
        try:
            said = holding.send(run.pk, desk.user, clock.now())
        except RunError as refused:  # told in here: what was held before the refusal stays held
            print(refused, file=sys.stderr)
            return 1
    print(word("已登记：{file} 已交银行。", file=said.file.name))
    return 0
