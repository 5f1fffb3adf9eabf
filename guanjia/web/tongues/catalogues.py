"""Translations as the pages read them: compiled from guanjia/locale into the data folder when stale."""

import fcntl
import hashlib
from pathlib import Path

import polib
from django.conf import settings

SOURCES = Path(__file__).resolve().parents[2] / "locale"
INSIDE = Path("LC_MESSAGES") / "django.po"


def compile_stale() -> list[str]:
    """Compile every catalogue that changed since the last time; returns the languages compiled."""
    (root,) = settings.LOCALE_PATHS
    root = Path(root)
    root.mkdir(parents=True, exist_ok=True)
    with root.with_name("locale.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = sorted(SOURCES.glob(f"*/{INSIDE}"))
        return [source.parts[-3] for source in found if _compiled(source, root)]


def _compiled(source: Path, root: Path) -> bool:
    """Compile one catalogue, unless what lies there was made of the same text; whether it did."""
    made = root / source.relative_to(SOURCES).with_suffix(".mo")
    mark, now = made.with_suffix(".sha256"), hashlib.sha256(source.read_bytes()).hexdigest()
    if made.exists() and mark.exists() and mark.read_text() == now:
        return False
    made.parent.mkdir(parents=True, exist_ok=True)
    fresh = made.with_suffix(".new")
    polib.pofile(str(source), encoding="utf-8").save_as_mofile(str(fresh))
    fresh.replace(made)
    mark.write_text(now)
    return True
