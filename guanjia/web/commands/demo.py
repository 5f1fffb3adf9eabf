"""`guanjia demo`: a synthetic city, decided, paid and explained; then its pages."""

import os
import shutil
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

from rich.cells import set_cell_size
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
)

from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.web.commands import serve
from guanjia.web.house import cluster, embedded, home, start

FEWEST = 100
OWN = ("pg", "pg.new", "files", "keys", "cache", "sealed", home.DEMO_STATE)


class NotADemo(RuntimeError):
    """The data folder holds a real house: nothing of it is touched."""


def main(words: list[str]) -> int:
    """`demo`, `demo reset` or `demo code NAME`."""
    if words[:1] == ["code"]:
        return _code(words[1:])
    if words[:1] == ["reset"]:
        return _reset(words[1:])
    return _demo(words)


def _demo(words: list[str]) -> int:
    wanted = options("demo", word("演示：合成一座城市，核算、发放、讲清楚，然后启动网页。"))
    wanted.add_argument("--residents", type=int, default=50_000, metavar="N", help=word("居民人数"))
    wanted.add_argument(
        "--data", type=Path, metavar="FOLDER", help=word("用本市的 CSV 文件代替合成数据")
    )
    wanted.add_argument(
        "--serve", choices=["yes", "no"], default="yes", help=word("no：看完结算表就结束")
    )
    wanted.add_argument("--host", default="127.0.0.1", help=word("监听地址"))
    wanted.add_argument("--port", type=int, default=8000, help=word("端口（默认 8000）"))
    asked = wanted.parse_args(words)
    if asked.serve == "yes":
        serve.refuse_taken(asked.host, asked.port)
    if asked.residents < FEWEST:
        raise NotADemo(
            word(
                "居民至少 {fewest} 人，收到的是 {residents}。",
                fewest=FEWEST,
                residents=asked.residents,
            )
        )
    if asked.data is not None and not asked.data.is_dir():
        raise NotADemo(
            word("没有 {data} 这个文件夹。先用 guanjia template {data} 写出模板。", data=asked.data)
        )
    folder = _demo_folder()
    console = Console(highlight=False)
    state = _state(folder)
    if state is None:
        _empty(folder)
    with start.house(migrated=False) as house:
        if state is None:
            state = _fill(console, house.home, asked.residents, asked.data)
        else:
            _take_up(console, state, asked.residents, asked.data)
        _tell(console, state, serve.address(asked.host, asked.port))
        if asked.serve == "yes":
            serve.run(asked.host, asked.port, 2, lambda: print(word("按 Ctrl-C 停止。")))
    return 0


def _demo_folder() -> Path:
    """The data folder, marked as a demonstration. Raises NotADemo for a house with real data."""
    from guanjia.web.demo.days import TODAY

    folder = home.ensure()
    if os.environ.get("DATABASE_URL"):
        raise NotADemo(
            word("演示只用自带的数据库，不动 DATABASE_URL 指向的库。请先 unset DATABASE_URL。")
        )
    if home.demo_day(folder) is None:
        if (folder / "sealed").exists():
            raise NotADemo(
                word(
                    "{folder} 里是正式资料，不能用来演示。请用 GUANJIA_DATA 指定另一个目录。",
                    folder=folder,
                )
            )
        home.mark_demo(TODAY, folder)
    return folder


def _state(folder: Path) -> dict[str, Any] | None:
    """What a finished demonstration left to be told again; None where there is none."""
    file = folder / home.DEMO_STATE
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def _empty(folder: Path) -> None:
    """Remove what a demonstration put there, finished or not."""
    if embedded.is_held(folder):
        raise NotADemo(word("演示正在运行，请先停止（Ctrl-C）。"))
    if (folder / "pg").exists():
        with embedded.held(folder):
            pass  # adopts one left by a killed parent, and stops it
    for name in OWN:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    home.ensure(folder)


def _fill(console: Console, folder: Path, residents: int, data: Path | None) -> dict[str, Any]:
    from guanjia.web.commands import init
    from guanjia.web.demo import filling, staff

    begun = time.monotonic()
    password = staff.new_password()
    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(word("建库"), total=None)
        init.prepare(lambda done, total: bar.update(task, completed=done, total=total))
        filling.fill(bar, residents, data, password)
    seconds = int(time.monotonic() - begun)
    text = (
        f'password = "{password}"\nseconds = {seconds}\nresidents = {residents}\n'
        f"synthetic = {str(data is None).lower()}\n"
    )
    home.write_private(folder / home.DEMO_STATE, text)
    return tomllib.loads(text)


def _take_up(console: Console, state: dict[str, Any], residents: int, data: Path | None) -> None:
    """Keep what is there, with the tables of this program; say so where something else was asked."""
    from guanjia.web.commands import init

    init.prepare(lambda _done, _total: None)
    if (data is None) != state["synthetic"] or (data is None and residents != state["residents"]):
        kept = (
            word("{count} 人", count=f"{state['residents']:,}")
            if state["synthetic"]
            else word("本市文件")
        )
        console.print(
            word(
                "沿用已有的演示数据（{kept}）。要换数据请先运行 {command} demo reset。",
                kept=kept,
                command=_typed(),
            )
        )


def _tell(console: Console, state: dict[str, Any], address: str) -> None:
    """The statement, where to look first, who may sign in."""
    from django.conf import settings

    from guanjia.staff import roles
    from guanjia.web.demo import days, looking, staff, statement
    from guanjia.web.posts import accounts

    city = accounts.city_code(settings.GUANJIA_CITY)
    console.print(statement.statement(city, days.TODAY))
    kind = word("合成数据") if state["synthetic"] else word("本市文件")
    console.print(
        word(
            "\n[bold]演示 · {kind} · 今天是 {today}[/]（核算用时 {seconds} 秒）",
            kind=kind,
            today=days.TODAY,
            seconds=state["seconds"],
        )
    )
    first = next(d.name for d in staff.desks() if d.role == roles.TOWN_CLERK)
    console.print(word("[bold]先看哪里[/]（用 {first} 登录；居民首页和政策簿不用）", first=first))
    for place in looking.places_to_look(city, days.TODAY, days.MONTHS[-1]):
        what = set_cell_size(place.what, 14)
        console.print(f"  {what}{address}{place.path}  {place.about}", soft_wrap=True)
    if state["synthetic"]:
        _tell_residents(console)
    console.print(word("[bold]账号[/]  密码都是 {password}", password=state["password"]))
    for desk in staff.desks():
        factor = word("  要动态码") if desk.role in roles.SECOND_FACTOR else ""
        console.print(
            word(
                "  {name} {role}，{shows}{factor}",
                name=f"{desk.name:<6}",
                role=roles.NAMES[desk.role],
                shows=desk.shows,
                factor=factor,
            )
        )
    console.print(word("  动态码：{command} demo code 账号", command=_typed()), soft_wrap=True)
    console.print(word("  重来一遍：{command} demo reset", command=_typed()), soft_wrap=True)


def _tell_residents(console: Console) -> None:
    """How to look at one's own matters, as a resident does."""
    from guanjia.web.demo import concerns as demo_concerns

    console.print(
        word(
            "[bold]居民[/]  首页点“我的诉求”，电话填 {phone}，验证码写在页面上",
            phone=demo_concerns.PHONE,
        )
    )


def _typed() -> str:
    """How this user types the command: by its name where the shell finds it, else by its path."""
    if shutil.which("guanjia"):
        return "guanjia"
    beside = Path(sys.executable).with_name("guanjia")
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)


def _reset(words: list[str]) -> int:
    options("demo reset", word("清空演示数据目录，下次重新合成。")).parse_args(words)
    folder = home.ensure()
    if home.demo_day(folder) is None:
        raise NotADemo(word("{folder} 不是演示目录，没有改动。", folder=folder))
    _empty(folder)
    (folder / "demo.toml").unlink()
    cluster.sweep_copies()
    print(word("演示数据已清空。再次 make demo 会重新合成。"))
    return 0


def _code(words: list[str]) -> int:
    wanted = options("demo code", word("演示账号此刻的动态码。"))
    wanted.add_argument("name", help=word("账号，例如 zhou"))
    asked = wanted.parse_args(words)
    with start.house():
        from guanjia.web.demo import staff

        print(staff.code(asked.name))
        print(word("30 秒内有效。"), file=sys.stderr)
    return 0
