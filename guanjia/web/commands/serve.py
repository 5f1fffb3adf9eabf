"""`guanjia serve`: pages and jobs together, over the embedded server or `DATABASE_URL`."""

import errno
import os
import socket
from collections.abc import Callable

from guanjia.policy.options import options
from guanjia.policy.words import word
from guanjia.web.house import keeper, start


class PortTaken(RuntimeError):
    """Somebody listens there already; the text names the port and a free one."""


class NoSuchAddress(RuntimeError):
    """This machine has no such address."""


def main(words: list[str]) -> int:
    """Serve until Ctrl-C."""
    wanted = options("serve", word("启动网页和后台任务，Ctrl-C 全部停止。"))
    wanted.add_argument("--host", default="127.0.0.1", help=word("监听地址（默认 127.0.0.1）"))
    wanted.add_argument("--port", type=int, default=8000, help=word("端口（默认 8000）"))
    wanted.add_argument(
        "--processes", type=int, default=2, metavar="N", help=word("网页进程数（默认 2）")
    )
    asked = wanted.parse_args(words)
    refuse_taken(asked.host, asked.port)
    with start.house():
        run(
            asked.host,
            asked.port,
            asked.processes,
            lambda: print(word("按 Ctrl-C 停止。")),
        )
    return 0


def run(host: str, port: int, processes: int, ready: Callable[[], None]) -> None:
    """Inside a house: pages and jobs until a signal; then everything that was started has ended."""
    from guanjia.web.house import static_files

    static_files.gather()
    url = address(host, port)

    def up() -> None:
        print(word("\n莞家已启动：{url}", url=url))
        ready()

    pages = keeper.Child(word("网页服务"), ["guanjia.web.pages", host, str(port), str(processes)])
    jobs = keeper.Child(word("后台任务"), ["guanjia", "work"])
    keeper.keep([pages, jobs], up, lambda: listens(host, port))
    print(word("已停止。"))


def address(host: str, port: int) -> str:
    """What to type into a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def refuse_taken(host: str, port: int) -> None:
    """Raise PortTaken before anything has been started."""
    if not 0 < port < 65536:
        raise NoSuchAddress(word("端口 {port} 不存在，请用 1 到 65535 之间的数。", port=port))
    try:
        _bind(host, port)
    except OSError as problem:
        if problem.errno == errno.EACCES:
            raise PortTaken(
                word(
                    "端口 {port} 只有管理员能用，请改用 1024 以上的端口，例如 --port 8000。",
                    port=port,
                )
            ) from None
        if problem.errno != errno.EADDRINUSE:
            raise NoSuchAddress(
                word(
                    "本机没有地址 {host}：{strerror}。",
                    host=host,
                    strerror=problem.strerror,
                )
            ) from None
        free = _free_after(host, port)
        raise PortTaken(
            word(
                "端口 {port} 已被别的程序占用（也许莞家已经在运行）。请先停掉它，"
                "或换一个端口：guanjia serve --port {free}（演示用 make demo PORT={free}）。",
                port=port,
                free=free,
            )
        ) from None


def _bind(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def _free_after(host: str, port: int) -> int:
    for other in range(port + 1, min(port + 200, 65536)):
        try:
            _bind(host, other)
        except OSError:
            continue
        return other
    return 8000


def listens(host: str, port: int) -> bool:
    """Whether the port answers."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        socket.create_connection((target, port), 0.5).close()
    except OSError:
        return False
    return True
