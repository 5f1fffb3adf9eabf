"""By which ways a city tells people of a case, and what carries each way. Data."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = "notices.toml"
IN_APP, PAGE = "in_app", "page"
WAYS = (IN_APP, "sms", "wechat", "email")
CARRIERS = ("file", "smtp")


class WaysError(ValueError):
    """A way or a carrier that this house does not have."""


@dataclass(frozen=True, slots=True)
class Ways:
    """Addressee to ways; way to what carries it."""

    of: dict[str, tuple[str, ...]]
    carriers: dict[str, str]
    status: str


@cache
def load(folder: Path) -> Ways:
    """The ways of a city's folder. Raises WaysError."""
    rows = tomllib.loads((folder / FILE).read_text(encoding="utf-8"))
    of = {who: tuple(ways) for who, ways in rows["ways"].items()}
    carriers = dict(rows["carriers"])
    lost = [w for ways in of.values() for w in ways if w not in WAYS]
    lost += [w for w in carriers.values() if w not in CARRIERS]
    lost += [w for ways in of.values() for w in ways if w != IN_APP and w not in carriers]
    if lost:
        raise WaysError(f"{FILE}: {', '.join(lost)} is not known here")
    return Ways(of, carriers, str(rows["status"]))
