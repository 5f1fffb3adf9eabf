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

from guanjia.web import embedded, home, start
from guanjia.web.commands import serve
from guanjia.web.commands.words import options

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
    wanted = options("demo", "演示：合成一座城市，核算、发放、讲清楚，然后启动网页。")
    wanted.add_argument("--residents", type=int, default=50_000, metavar="N", help="居民人数")
    wanted.add_argument("--data", type=Path, metavar="FOLDER", help="用本市的 CSV 文件代替合成数据")
    wanted.add_argument(
        "--serve", choices=["yes", "no"], default="yes", help="no：看完结算表就结束"
    )
    wanted.add_argument("--host", default="127.0.0.1", help="监听地址")
    wanted.add_argument("--port", type=int, default=8000, help="端口（默认 8000）")
    asked = wanted.parse_args(words)
    if asked.serve == "yes":
        serve.refuse_taken(asked.host, asked.port)
    if asked.residents < FEWEST:
        raise NotADemo(
            f"居民至少 {FEWEST} 人，收到的是 {asked.residents}。 At least {FEWEST} residents."
        )
    if asked.data is not None and not asked.data.is_dir():
        raise NotADemo(
            f"没有 {asked.data} 这个文件夹。先用 guanjia template {asked.data} 写出模板。"
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
            serve.run(asked.host, asked.port, 2, lambda: print("按 Ctrl-C 停止。 Ctrl-C stops."))
    return 0


def _demo_folder() -> Path:
    """The data folder, marked as a demonstration. Raises NotADemo for a house with real data."""
    from guanjia.web.demo_days import TODAY

    folder = home.ensure()
    if os.environ.get("DATABASE_URL"):
        raise NotADemo(
            "演示只用自带的数据库，不动 DATABASE_URL 指向的库。请先 unset DATABASE_URL。\n"
            "The demonstration uses its own server: unset DATABASE_URL first."
        )
    if home.demo_day(folder) is None:
        if (folder / "sealed").exists():
            raise NotADemo(
                f"{folder} 里是正式资料，不能用来演示。请用 GUANJIA_DATA 指定另一个目录。\n"
                "That folder holds a real house. Name another one by GUANJIA_DATA."
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
        raise NotADemo(
            "演示正在运行，请先停止（Ctrl-C）。 The demonstration is running: stop it first."
        )
    if (folder / "pg").exists():
        with embedded.held(folder):
            pass  # adopts one left by a killed parent, and stops it
    for name in OWN:
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    home.ensure(folder)


def _fill(console: Console, folder: Path, residents: int, data: Path | None) -> dict[str, Any]:
    from guanjia.web import demo, demo_staff
    from guanjia.web.commands import init

    begun = time.monotonic()
    password = demo_staff.new_password()
    columns = (
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("建库", total=None)
        init.prepare(lambda done, total: bar.update(task, completed=done, total=total))
        demo.fill(bar, residents, data, password)
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
        kept = f"{state['residents']:,} 人" if state["synthetic"] else "本市文件"
        console.print(f"沿用已有的演示数据（{kept}）。要换数据请先运行 {_typed()} demo reset。")


def _tell(console: Console, state: dict[str, Any], address: str) -> None:
    """The statement, where to look first, who may sign in."""
    from django.conf import settings

    from guanjia.staff import roles
    from guanjia.web import accounts, demo_staff, looking, statement
    from guanjia.web.demo_days import MONTHS, TODAY

    city = accounts.city_code(settings.GUANJIA_CITY)
    console.print(statement.statement(city, TODAY))
    kind = "合成数据" if state["synthetic"] else "本市文件"
    console.print(f"\n[bold]演示 · {kind} · 今天是 {TODAY}[/]（核算用时 {state['seconds']} 秒）")
    first = next(d.name for d in demo_staff.desks() if d.role == roles.TOWN_CLERK)
    console.print(f"[bold]先看哪里[/]（用 {first} 登录；政策簿不用登录）")
    for place in looking.places_to_look(city, TODAY, MONTHS[-1]):
        what = set_cell_size(place.what, 14)
        console.print(f"  {what}{address}{place.path}  {place.about}", soft_wrap=True)
    console.print(f"[bold]账号[/]  密码都是 {state['password']}")
    for desk in demo_staff.desks():
        factor = "  要动态码" if desk.role in roles.SECOND_FACTOR else ""
        console.print(f"  {desk.name:<6} {roles.NAMES[desk.role]}，{desk.shows}{factor}")
    console.print(f"  动态码：{_typed()} demo code 账号", soft_wrap=True)
    console.print(f"  重来一遍：{_typed()} demo reset", soft_wrap=True)


def _typed() -> str:
    """How this user types the command: by its name where the shell finds it, else by its path."""
    if shutil.which("guanjia"):
        return "guanjia"
    beside = Path(sys.executable).with_name("guanjia")
    here = Path.cwd()
    return str(beside.relative_to(here) if beside.is_relative_to(here) else beside)


def _reset(words: list[str]) -> int:
    options("demo reset", "清空演示数据目录，下次重新合成。").parse_args(words)
    folder = home.ensure()
    if home.demo_day(folder) is None:
        raise NotADemo(
            f"{folder} 不是演示目录，没有改动。 It is no demonstration; nothing was changed."
        )
    _empty(folder)
    (folder / "demo.toml").unlink()
    print("演示数据已清空。再次 make demo 会重新合成。 Emptied.")
    return 0


def _code(words: list[str]) -> int:
    wanted = options("demo code", "演示账号此刻的动态码。The second factor of this moment.")
    wanted.add_argument("name", help="账号，例如 zhou")
    asked = wanted.parse_args(words)
    with start.house():
        from guanjia.web import demo_staff

        print(demo_staff.code(asked.name))
        print("30 秒内有效。 Valid for 30 seconds.", file=sys.stderr)
    return 0
