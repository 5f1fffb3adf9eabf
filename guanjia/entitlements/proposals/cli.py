"""`guanjia policy adopt`: one person proposes a book, a second adopts it or sends it back."""

from datetime import datetime
from pathlib import Path

from guanjia.entitlements import queries
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.proposals import adopting, adoption
from guanjia.entitlements.runs.cli import desk_of
from guanjia.entitlements.tables.books import Proposal
from guanjia.entitlements.what_if import what_ifs
from guanjia.kit import clock, scope
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.policy.check import check
from guanjia.policy.options import options
from guanjia.policy.retold import in_words
from guanjia.policy.words import word
from guanjia.staff import gate
from guanjia.staff.models import Post
from guanjia.staff.roles import May

FIRST_FEW = 5


def adopt(words: list[str]) -> int:
    """`policy adopt FOLDER --as NAME [--approved-by NAME]`, `policy adopt NUMBER --approved-by NAME`."""
    parser = options(
        "policy adopt",
        word(
            "提请采用一个政策簿；第二个人采用（--approved-by）、退回（--reject），或本人撤回（--withdraw）。"
        ),
    )
    parser.add_argument(
        "what", metavar=word("目录或编号"), help=word("政策簿的目录，或已提请的改动的编号")
    )
    parser.add_argument("--as", dest="name", default="", help=word("经办人的账号"))
    parser.add_argument("--approved-by", default="", help=word("审批人的账号：采用"))
    parser.add_argument(
        "--reject", default="", metavar=word("原因"), help=word("由 --approved-by 退回")
    )
    parser.add_argument("--withdraw", action="store_true", help=word("由 --as 撤回"))
    asked = parser.parse_args(words[1:] if words[:1] == ["adopt"] else words)
    if asked.what.isdecimal() and not Path(asked.what).is_dir():
        return _decide(int(asked.what), asked.name, asked.approved_by, asked.reject, asked.withdraw)
    return _propose(books.load(Path(asked.what)), asked.name, asked.approved_by)


def _propose(new: Book, name: str, approved_by: str) -> int:
    newest = queries.newest_revision()
    if newest is not None and newest.revision == new.revision:
        print(word("这个政策簿已经采用，没有变化。"))
        return 0
    old = queries.book_of(newest.revision) if newest is not None else None
    _tell_changes(old, new)
    if not name:
        print(word("还没有提请采用。核对以上变化后，请加上 --as 经办人 再运行一次。"))
        return 1
    desk = desk_of(name, May.ASK_RUN)
    second = desk_of(approved_by, May.APPROVE_RUN) if approved_by else None
    with scope.hold(gate.scope_of(desk)):
        made = adoption.propose_book(new, desk.place_id, desk.user, clock.now())
    if second is None:
        print(
            word(
                "已提请采用，编号 {number}。请另一位有审批权限的人在网页上审批，或运行\n"
                "guanjia policy adopt {number} --approved-by 审批人",
                number=made.pk,
            )
        )
        return 0
    return _adopt(made.pk, second)


def _decide(number: int, name: str, approved_by: str, reject: str, withdraw: bool) -> int:
    with scope.hold(scope.Scope(kind="job")):
        found = what_ifs.proposals().filter(pk=number).first()
    if found is None:
        raise RunError(
            word(
                "没有编号为 {number} 的改动。请先运行 guanjia policy adopt 目录 --as 经办人。",
                number=number,
            )
        )
    if withdraw:
        return _end(found, desk_of(name, May.ASK_RUN))
    if not approved_by:
        _show(found)
        print(
            word(
                "没有改动。采用请加 --approved-by 审批人，退回再加 --reject 原因，"
                "撤回用 --as 经办人 --withdraw。"
            )
        )
        return 1
    second = desk_of(approved_by, May.APPROVE_RUN)
    return _end(found, second, reject) if reject else _adopt(number, second)


def _adopt(number: int, second: Post) -> int:
    with scope.hold(gate.scope_of(second)):
        done = adoption.adopt_proposal(number, second.user, clock.now())
    print(
        word(
            "已采用，版本 {revision}。以后的核算按它办；已作出的决定不受影响。",
            revision=done.revision[:12],
        )
    )
    return 0


def _end(found: Proposal, desk: Post, because: str = "") -> int:
    """Send a proposal back with a reason, or take it back where there is none."""
    at: datetime = clock.now()
    with scope.hold(gate.scope_of(desk)):
        if because:
            done = adoption.reject_proposal(found.pk, desk.user, because, at)
        else:
            done = adoption.withdraw_proposal(found.pk, desk.user, at)
    parts = {"number": done.pk, "state": done.get_state_display()}
    print(word("改动 {number}：{state}。现行政策簿没有变化。", **parts))
    return 0


def _show(found: Proposal) -> None:
    with scope.hold(scope.Scope(kind="job")):
        new = books.from_text(Proposal.objects.values_list("text", flat=True).get(pk=found.pk))
    old = queries.book_of(found.base_id) if found.base_id else None
    parts = {"number": found.pk, "state": found.get_state_display(), "by": found.prepared_by}
    print(word("改动 {number}：{state}，{by} 提请。", **parts))
    _tell_changes(old, new)


def _tell_changes(old: Book | None, new: Book) -> None:
    """Line by line; and the examples that do not come out as they are written."""
    before, after = in_words(old) if old else None, in_words(new)
    print("\n".join(adopting.differences(before, after)) or word("条文没有变化。"))
    stale = check(after)
    if stale:
        print(word("！ 有 {count} 处例子按新文字的结果和写的不一样：", count=len(stale)))
        for problem in stale[:FIRST_FEW]:
            print(f"    {problem}")
