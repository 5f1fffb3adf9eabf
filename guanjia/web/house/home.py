"""The data folder: where the cluster, the files and the keys of one house lie."""

import hashlib
import os
import secrets
import tomllib
from datetime import date
from pathlib import Path

from guanjia.policy.words import word

CLONE = Path(__file__).resolve().parents[3]
FORMAT = 1
KEY_BYTES = 32
DEMO_STATE = "demo-state.toml"
MARKS = ("demo.toml", DEMO_STATE)  # what a backup takes along besides database, files and keys


class HomeError(RuntimeError):
    """The data folder cannot be used; the text says why and what next."""


def folder() -> Path:
    """`GUANJIA_DATA`; else `var/` in the clone (installed without one: in the user's own data).

    For root it is a folder that the server's account can reach.
    """
    named = os.environ.get("GUANJIA_DATA")
    if named:
        return Path(named).resolve()
    if os.geteuid() != 0:
        from_clone = (CLONE / "pyproject.toml").exists()
        return CLONE / "var" if from_clone else Path.home() / ".local" / "share" / "guanjia"
    mark = hashlib.sha256(str(CLONE).encode()).hexdigest()[:12]
    return Path("/var/lib/guanjia") / mark


def ensure(home: Path | None = None) -> Path:
    """Make the folder and its rooms where missing; refuse one from a newer version."""
    home = home or folder()
    try:
        make_private(home)
        version = home / "version"
        if not version.exists():
            version.write_text(f"{FORMAT}\n")
        found = version.read_text().strip()
    except (PermissionError, NotADirectoryError) as problem:
        raise HomeError(
            word(
                "数据目录 {home} 打不开：{strerror}。"
                "请换一个您有权写的目录：GUANJIA_DATA=目录 guanjia …",
                home=home,
                strerror=problem.strerror,
            )
        ) from None
    if not found.isdecimal() or int(found) > FORMAT:
        raise HomeError(
            word(
                "数据目录 {home} 是由更新版本的莞家写的（格式 {found}，"
                "本程序能读到 {format}）。数据没有被改动。请改用新版本的程序，"
                "或用 GUANJIA_DATA 指定另一个目录。",
                home=home,
                found=found,
                format=FORMAT,
            )
        )
    for room in ("files", "keys"):
        make_private(home / room)
    return home


def make_private(path: Path) -> None:
    """Create `path` for its owner alone. Folders that exist already keep their permissions.

    A root-owned home must let the server's own account pass to its cluster, hence 0711 there.
    """
    if path.exists():
        return
    for parent in reversed(path.parents):
        if not parent.exists():
            parent.mkdir(mode=0o755)
    path.mkdir(mode=0o700)
    if os.geteuid() == 0 and path.name not in ("files", "keys"):
        path.chmod(0o711)


def secret(name: str) -> bytes:
    """The key `name`, made at random on first use and never again once data stand under it."""
    home = ensure()
    file = home / "keys" / name
    if file.exists():
        return bytes.fromhex(file.read_text().strip())
    if (home / "sealed").exists():
        raise HomeError(
            word(
                "密钥 {file} 不见了，而数据目录里已有用它加密的资料。"
                "请从备份恢复 keys 目录；没有这把密钥，证件号和银行账号无法读出。",
                file=file,
            )
        )
    key = secrets.token_bytes(KEY_BYTES)
    write_private(file, key.hex() + "\n")
    return key


def ticket() -> bytes:
    """The key of tickets, which never changes; it was the index key's first, where that is older."""
    keys = ensure() / "keys"
    if not (keys / "ticket").exists() and (keys / "index").exists():
        write_private(keys / "ticket", (keys / "index").read_text())
    return secret("ticket")


def keys_are_in_use(home: Path) -> None:
    """From now on a missing key is an error, not a reason to make a new one."""
    (home / "sealed").touch(mode=0o600)


def refuse_half_restored(home: Path) -> None:
    """Raise HomeError where a restore was interrupted: database, files and keys may not fit."""
    mark = home / "restoring"
    if mark.exists():
        raise HomeError(
            word(
                "上次从备份恢复没有完成。请重新运行：guanjia restore {file}",
                file=mark.read_text().strip(),
            )
        )


def write_private(file: Path, text: str) -> None:
    """Write `text` to a file that only its owner reads, all of it or nothing."""
    draft = file.with_name(file.name + ".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def demo_day(home: Path | None = None) -> date | None:
    """The day that a demonstration lives in; None outside a folder marked as one."""
    mark = (home or folder()) / "demo.toml"
    if not mark.exists():
        return None
    day = tomllib.loads(mark.read_text())["today"]
    assert isinstance(day, date)
    return day


def demo_is_synthetic(home: Path | None = None) -> bool:
    """Whether a demonstration shows made-up people; a city's own files may take their place."""
    state = (home or folder()) / DEMO_STATE
    return not state.exists() or bool(tomllib.loads(state.read_text())["synthetic"])


def mark_demo(today: date, home: Path | None = None) -> None:
    """Mark the folder as a demonstration whose today is `today`."""
    (ensure(home) / "demo.toml").write_text(
        f"# A demonstration, no real house.\ntoday = {today.isoformat()}\n"
    )
