"""Persons, households, membership, dated facts, reach, and the grams by which names are found."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from guanjia.people import desk_models as desk_models  # its tables are this room's too


class Days(Func):
    """daterange(since, until): half-open, an empty end is open."""

    function = "daterange"


class ThePost(Func):
    """The post that the transaction acts in; nobody's where a job reads a register in."""

    template = "nullif(current_setting('guanjia.post', true), '')::bigint"
    output_field = models.BigIntegerField()


class DocumentKind(models.TextChoices):
    """What a person can show. Nothing is possible too."""

    CITIZEN = "citizen", _("居民身份证")
    HK_MO_TW_RESIDENCE = "hk_mo_tw_residence", _("港澳台居民居住证")
    PERMANENT_RESIDENCE = "permanent_residence", _("外国人永久居留身份证")
    PASSPORT = "passport", _("护照")
    NONE = "none", _("无证件")


class Source(models.Model):
    """Where a fact comes from: a register, a visit, a declaration. Reference data."""

    code = models.CharField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    synthetic = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class IndexKey(models.Model):
    """The one row that says under which index key documents are written now. The owner's alone to change."""

    one = models.BooleanField(primary_key=True, db_default=True)
    newest = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="one_index_key_is_the_newest", condition=Q(one=True)),
        ]

    def __str__(self) -> str:
        return f"k{self.newest}"


class Person(models.Model):
    """One human being. Names and document numbers are as the latest register gives them."""

    name = models.CharField(max_length=60)
    initials = models.CharField(max_length=30, blank=True, help_text="pinyin initials, lower case")
    sex = models.CharField(
        max_length=1, choices=[("0", _("未知")), ("1", _("男")), ("2", _("女")), ("9", _("未说明"))]
    )
    born_on = models.DateField()
    document_kind = models.CharField(max_length=24, choices=DocumentKind)
    document_sealed = models.BinaryField(null=True)
    document_mask = models.CharField(max_length=24, blank=True)
    document_index = models.BinaryField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_person_a_document", fields=["document_kind", "document_index"]
            ),
            models.CheckConstraint(
                name="a_document_is_sealed_or_there_is_none",
                condition=Q(
                    document_kind=DocumentKind.NONE,
                    document_sealed__isnull=True,
                    document_index__isnull=True,
                )
                | Q(document_sealed__isnull=False, document_index__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """People who live and are counted together, at a place."""

    number = models.CharField(max_length=24, unique=True)
    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    collective = models.BooleanField(
        default=False, help_text="a dormitory bed or other collective household: one person each"
    )
    recorded_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.number


class Dated(models.Model):
    """What a row says holds from `since` until `until`, and was believed from record to record."""

    since = models.DateField()
    until = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    superseded_at = models.DateTimeField(null=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    # Written by the database from the scope, so that no door forgets it and no bulk write is slower.
    recorded_by = models.ForeignKey(
        "staff.Post",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
        db_default=ThePost(),
    )

    class Meta:
        abstract = True


def ends_after_it_begins(name: str) -> models.CheckConstraint:
    """A period that ends, ends after its first day; a belief too."""
    return models.CheckConstraint(
        name=name,
        condition=(Q(until__isnull=True) | Q(until__gt=F("since")))
        & (Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at"))),
    )


def never_overlap(name: str, *same: str) -> ExclusionConstraint:
    """Rows believed today with the same `same` never overlap in time."""
    return ExclusionConstraint(
        name=name,
        condition=Q(superseded_at__isnull=True),
        expressions=[
            *[(F(column), RangeOperators.EQUAL) for column in same],
            (Days(F("since"), F("until")), RangeOperators.OVERLAPS),
        ],
    )


class Membership(Dated):
    """A person lives in a household. One household a person at a time."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")

    class Meta:
        constraints = [
            ends_after_it_begins("membership_ends_after_it_begins"),
            never_overlap("one_household_at_a_time", "person"),
        ]
        indexes = [models.Index(fields=["household"], name="membership_household")]


class Fact(Dated):
    """One dated value. Which column holds it, the fact's declaration says; none: not known."""

    kind = models.CharField(max_length=40, db_collation="C")
    key = models.CharField(max_length=40, blank=True, db_collation="C")
    number = models.BigIntegerField(null=True)
    word = models.CharField(max_length=40, null=True)  # noqa: DJ001 - NULL is "not known"
    day = models.DateField(null=True)

    class Meta:
        abstract = True


def one_value(name: str) -> models.CheckConstraint:
    """At most one of the three value columns is filled."""
    columns = ["number", "word", "day"]
    empty = [Q(**{f"{a}__isnull": True, f"{b}__isnull": True}) for a, b in _pairs(columns)]
    return models.CheckConstraint(name=name, condition=empty[0] | empty[1] | empty[2])


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    return [(names[0], names[1]), (names[0], names[2]), (names[1], names[2])]


class PersonFact(Fact):
    """A fact of a person, as declared in policy/facts.toml."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="facts")

    class Meta:
        constraints = [
            ends_after_it_begins("person_fact_ends_after_it_begins"),
            one_value("person_fact_has_one_value"),
            never_overlap("person_facts_never_overlap", "person", "kind", "key"),
        ]


class HouseholdFact(Fact):
    """A fact of a household, as declared in policy/facts.toml."""

    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="facts")

    class Meta:
        constraints = [
            ends_after_it_begins("household_fact_ends_after_it_begins"),
            one_value("household_fact_has_one_value"),
            never_overlap("household_facts_never_overlap", "household", "kind", "key"),
        ]


class ReachReason(models.TextChoices):
    """Why an office may see a person."""

    HUKOU = "hukou", _("户籍")
    RESIDENCE = "residence", _("居住")
    CASE = "case", _("办件")
    CARE = "care", _("照护")


class Reach(models.Model):
    """An office at `place` may see `person`, for a reason, in a period."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reaches")
    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    why = models.CharField(max_length=12, choices=ReachReason)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "reaches"
        constraints = [
            models.CheckConstraint(
                name="reach_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
            ),
            ExclusionConstraint(
                name="reach_of_a_kind_never_overlaps",
                expressions=[
                    (F("person"), RangeOperators.EQUAL),
                    (F("place"), RangeOperators.EQUAL),
                    (F("why"), RangeOperators.EQUAL),
                    (Days(F("since"), F("until")), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [models.Index(fields=["place", "person"], name="reach_place_person")]


class NameGram(models.Model):
    """A tail of a name, or its pinyin initials, at a place: found by `starts_with` alone.

    Only leakproof operators reach an index under row security; a tail that starts with the words
    looked for is a name that contains them.
    """

    gram = models.CharField(max_length=60, db_collation="C")
    place = models.CharField(max_length=12, db_collation="C")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_gram_once", fields=["gram", "place", "person"])
        ]
