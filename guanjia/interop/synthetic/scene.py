"""What a city's demo.toml says of its made-up people: shares, and where the told stories live."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FILE = "demo.toml"


@dataclass(frozen=True, slots=True)
class Rates:
    """How many of those whom a visit finds are in some state; `emergency` a person and month."""

    no_kin: float = 0.25
    unable_kin: float = 0.12
    unasked: float = 0.05
    weak: float = 0.25
    institution: float = 0.2
    chooses_tekun: float = 0.12
    contributes: float = 0.85
    emergency: float = 0.0003


@dataclass(frozen=True, slots=True)
class Scene:
    """`area` begins local document numbers; `homes` maps a story's household to its community."""

    area: str
    local: float = 0.7
    beds: float = 0.05
    poor: float = 0.035
    seed: int = 1
    homes: Mapping[str, str] = field(default_factory=dict)
    rates: Rates = Rates()


def read(folder: Path) -> Scene:
    """The scene of a city folder; usual shares and the first communities where it has no file."""
    city = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
    file = folder / FILE
    told = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return Scene(
        area=str(city["code"]),
        seed=told.get("seed", 1),
        homes=told.get("homes", {}),
        rates=Rates(**told.get("rates", {})),
        **told.get("shares", {}),
    )
