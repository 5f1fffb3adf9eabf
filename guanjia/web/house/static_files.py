"""Static files, gathered under hashed names into the data folder when those there are stale."""

import fcntl
import hashlib
import shutil
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from guanjia.policy.words import word

VENDOR = Path(__file__).parents[1] / "static" / "vendor"


class PagesMissing(RuntimeError):
    """What pages are made of was never fetched; the text says how to."""


def gather() -> bool:
    """Collect static files where any has changed since the last time; returns whether it did."""
    if not (VENDOR / "tabler.min.css").exists():
        raise PagesMissing(word("网页用的样式和脚本还没有取来。请在项目目录运行 make install。"))
    root = Path(settings.STATIC_ROOT)
    root.parent.mkdir(parents=True, exist_ok=True)
    with root.with_name("static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark, now = root / "gathered", _state()
        if mark.exists() and mark.read_text() == now:
            return False
        shutil.rmtree(root, ignore_errors=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        mark.write_text(now)
    return True


def _state() -> str:
    """Changes whenever a source file comes, goes or changes."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            kept = Path(storage.path(name)).stat()
            digest.update(f"{name} {kept.st_size} {kept.st_mtime_ns}\n".encode())
    return digest.hexdigest()
