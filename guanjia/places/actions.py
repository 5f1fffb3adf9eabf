"""Loading a city's places from its folder. The only writer of places."""

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from guanjia.places.models import Place, PlaceKind

FIELDS = ["name", "name_hant", "pinyin", "initials", "kind", "population", "latitude", "longitude"]


@transaction.atomic
def load_city(folder: Path) -> int:
    """Write the places of a city folder, new or changed; returns how many the folder names."""
    with (folder / "city.toml").open("rb") as text:
        city = tomllib.load(text)
    places = [_city(city), *_towns(folder / "towns.csv"), *_communities(folder / "communities.csv")]
    Place.objects.bulk_create(
        places, update_conflicts=True, unique_fields=["code"], update_fields=FIELDS
    )
    return len(places)


def _city(city: dict[str, str]) -> Place:
    return Place(
        code=city["code"],
        name=city["name"],
        name_hant=city.get("name_hant", city["name"]),
        kind=PlaceKind.CITY,
    )


def _towns(file: Path) -> Iterator[Place]:
    for row in _rows(file):
        yield Place(
            code=row["code"],
            name=row["name"],
            name_hant=row["name_hant"],
            pinyin=row["pinyin"],
            initials=row["initials"],
            kind=PlaceKind(row["kind"]),
            population=row["population_2020"] or None,
            latitude=row["latitude"] or None,
            longitude=row["longitude"] or None,
        )


def _communities(file: Path) -> Iterator[Place]:
    for row in _rows(file):
        yield Place(code=row["code"], name=row["name"], kind=PlaceKind(row["kind"]))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)
