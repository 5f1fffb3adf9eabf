"""`guanjia run …`, `guanjia policy replay`: the office's verbs in a terminal."""

import sys
import threading
import time
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from guanjia.entitlements import queries
from guanjia.entitlements.deciding import replay as replaying
from guanjia.entitlements.errors import RunError
from guanjia.entitlements.models import WORKING, Run, RunState
from guanjia.entitlements.runs import actions
from guanjia.kit import clock, scope
from guanjia.policy.options import month_of, options
from guanjia.policy.words import listed, pair, word
from guanjia.staff import gate
from guanjia.staff import queries as staff
from guanjia.staff.models import Post, User
from guanjia.staff.roles import ROLES, May

LOOK_EVERY = 0.3  # seconds
VERBS = ("approve", "reject", "cancel", "retry", "list")


class Far(NamedTuple):
    """How far a job is; `total` None while unknown."""

    title: str
    done: int
    total: int | None
    working: bool


class NoDesk(ValueError):
    """Nobody by that name may do this."""


def run(words: list[str]) -> int:
    """`run 2020-01`, `run approve 2020-01 --as NAME`, `run list`; returns the exit status."""
    verb, *words = words if words[:1] and words[0] in VERBS else ["ask", *words]
    parser = options(
        "run" if verb == "ask" else f"run {verb}",
        word("核算一个月；approve 审批，reject 退回，cancel 取消，retry 重试，list 列出全部批次。"),
    )
    if verb != "list":
        parser.add_argument("month", type=month_of, metavar=word("月份"), help=word("例如 2020-01"))
        parser.add_argument(
            "--as", dest="name", default="", metavar=word("账号"), help=word("经办人或审批人")
        )
        parser.add_argument("--now", action="store_true", help=word("在这里办完再退出，显示进度"))
    if verb == "reject":
        parser.add_argument(
            "--because", required=True, metavar=word("原因"), help=word("为什么退回")
        )
    asked = parser.parse_args(words)
    if verb == "list":
        return _list()
    return _do(verb, asked.month, asked.name, getattr(asked, "because", ""), asked.now)


def replay(words: list[str]) -> int:
    """`policy replay [MONTH …]`: decide stored determinations again; 0 where all agree."""
    parser = options("policy replay", word("重算已作出的决定，看是否一致。"))
    parser.add_argument(
        "months", nargs="*", type=month_of, metavar=word("月份"), help=word("不写就是全部月份")
    )
    asked = parser.parse_args(words[1:] if words[:1] == ["replay"] else words)
    status = 0
    with scope.hold(scope.Scope(kind="job")):
        wanted = [r for r in queries.runs() if not asked.months or r.month in asked.months]
    for one in wanted:
        with scope.hold(scope.job(f"replay/{one.pk}", one.place_id, clock.today())):
            report = replaying.replay([one])
        agreed = word("全部一致") if not report.disagreements else word("有不一致")
        print(
            word(
                "{month} {state}：重算 {checked} 个决定，{agreed}",
                month=f"{one.month:%Y-%m}",
                state=one.get_state_display(),
                checked=report.checked,
                agreed=agreed,
            )
        )
        for found in report.disagreements[:20]:
            print(f"  {found.what} #{found.determination}: {found.stored} → {found.again}")
        status = status or int(bool(report.disagreements))
    return status


def _do(verb: str, month: date, name: str, because: str, now: bool) -> int:
    need = May.APPROVE_RUN if verb in ("approve", "reject") else May.ASK_RUN
    desk = desk_of(name, need)
    with scope.hold(gate.scope_of(desk)):
        found = _carry_out(verb, month, desk, because)
    if now:
        work_until_settled(found)
    with scope.hold(scope.Scope(kind="job")):
        found.refresh_from_db()
    print(pair(f"{found.month:%Y-%m}", str(found.get_state_display())))
    if found.trouble:
        print(found.trouble, file=sys.stderr)
    return int(found.state == RunState.FAILED)


def _carry_out(verb: str, month: date, desk: Post, because: str) -> Run:
    if verb == "ask":
        return actions.ask_run(month, desk.place_id, desk.user, clock.now(), clock.today())
    found = queries.runs().filter(month=month).first()
    if found is None:
        raise RunError(
            word("没有 {month} 的批次。请先运行 guanjia run {month}。", month=f"{month:%Y-%m}")
        )
    if verb == "approve":
        return actions.approve_run(found.pk, desk.user, clock.now())
    if verb == "reject":
        return actions.reject_run(found.pk, desk.user, because, clock.now())
    if verb == "cancel":
        return actions.cancel_run(found.pk, desk.user, clock.now())
    return actions.retry_run(found.pk, desk.user, clock.now())


def work_until_settled(asked: Run) -> None:
    """Work off the queue here, showing how far the run is, until it waits for a person or is done."""

    def far() -> Far:
        with scope.hold(scope.Scope(kind="job")):
            asked.refresh_from_db()
        title = f"{asked.month:%Y-%m} {asked.get_state_display()}"
        return Far(title, asked.done, asked.total or None, asked.state in WORKING)

    work_off(far)


def work_off(far: Callable[[], Far]) -> None:
    """Work off the queue here with a bar, as long as `far` says that something is at work."""
    worker = threading.Thread(target=_work, daemon=True)
    worker.start()
    with _bar() as bar:
        line = bar.add_task("", total=None)
        while True:
            now = far()
            bar.update(line, description=now.title, completed=now.done, total=now.total)
            if not now.working:
                break
            time.sleep(LOOK_EVERY)
    worker.join()


def _work() -> None:
    ours = app.connector
    assert isinstance(ours, DjangoConnector)
    with app.replace_connector(ours.get_worker_connector()) as worker:
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), transient=not sys.stdout.isatty())


def desk_of(name: str, need: May) -> Post:
    """The post by which a user may do this; without a name, the only one there is."""
    users = User.objects.filter(username=name) if name else User.objects.filter(is_active=True)
    able = [
        post
        for user in users
        for post in staff.posts_of(user.pk, clock.today())
        if need in ROLES[post.role]
    ]
    if len({post.user_id for post in able}) == 1:
        return able[0]
    if name:
        raise NoDesk(word("账号 {name} 没有这项权限，或没有这个账号。请换一个账号。", name=name))
    who = listed(sorted({post.user.username for post in able})) or word("没有人")
    raise NoDesk(word("请用 --as 写明是谁。有这项权限的：{who}。", who=who))


def _list() -> int:
    with scope.hold(scope.Scope(kind="job")):
        for one in queries.runs():
            print(f"{one.month:%Y-%m}  {one.place}  {one.get_state_display()}  {one.trouble}")
    return 0
