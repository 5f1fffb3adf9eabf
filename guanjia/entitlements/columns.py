"""Columns and constraints that several tables of this room have: who, where, of whom."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q


class Days(Func):
    """daterange(since, until): half-open, an empty end is open."""

    function = "daterange"


def staff_key(null: bool = False) -> "models.ForeignKey[Any, Any]":
    """A foreign key to who did it."""
    return models.ForeignKey(
        *(settings.AUTH_USER_MODEL, models.PROTECT), null=null, related_name="+", db_index=False
    )


def held_key(to: str, null: bool = False) -> "models.ForeignKey[Any, Any]":
    """A key that a statement trigger holds, for many rows at once, in place of a constraint."""
    return models.ForeignKey(
        to, models.PROTECT, null=null, related_name="+", db_index=False, db_constraint=False
    )


def place_key(db_constraint: bool = True) -> "models.ForeignKey[Any, Any]":
    """A foreign key to the place that pays, in a column of that name.

    Not indexed by itself: row security compares it in every query, and the planner, which cannot
    know the scope, would take such an index before the right one.
    """
    return models.ForeignKey(
        *("places.Place", models.PROTECT),
        related_name="+",
        db_column="place",
        db_index=False,
        db_constraint=db_constraint,
    )


def two_people(name: str) -> models.CheckConstraint:
    """The one who prepared is not the one who approved."""
    return models.CheckConstraint(name=name, condition=~Q(prepared_by=F("approved_by")))


def one_unit(name: str) -> models.CheckConstraint:
    """A row speaks of a person or of a household, never of both or neither."""
    return models.CheckConstraint(
        name=name,
        condition=Q(person__isnull=True, household__isnull=False)
        | Q(person__isnull=False, household__isnull=True),
    )
