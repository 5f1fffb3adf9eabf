"""Small made-up cities for the tests of this room."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from django.conf import settings

from guanjia.interop import load
from guanjia.interop.synthetic import scene as scenes
from guanjia.interop.synthetic.city import Town
from guanjia.interop.synthetic.scene import Scene
from guanjia.kit import scope
from guanjia.places import actions as places
from guanjia.policy import book as books
from guanjia.policy.book import Book
from guanjia.staff.models import User
from tests import town

SEED = 7


def folder() -> Path:
    """The city's folder."""
    return Path(settings.GUANJIA_CITY)


@cache
def book() -> Book:
    """The book that the city folder holds."""
    return books.load(settings.GUANJIA_CITY)


def towns() -> list[Town]:
    """The city's towns, once its places are loaded."""
    return load.towns(town.CITY)


def scene(seed: int = SEED) -> Scene:
    """What the city folder says of its made-up people."""
    return replace(scenes.read(settings.GUANJIA_CITY), seed=seed)


def office() -> tuple[User, User]:
    """Places, and two people who stand for what is granted."""
    places.load_city(settings.GUANJIA_CITY)
    return (
        User.objects.create_user("zhou", full_name="周"),
        User.objects.create_user("liang", full_name="梁"),
    )


def all_eyes() -> scope.Scope:
    """A job that sees the whole city."""
    return scope.job("test", town.CITY, town.TODAY)
