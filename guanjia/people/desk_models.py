"""What one person asks at a desk and another answers: change requests, registrations, merges, splits.

Each has a state that a trigger lets move only as its words below say; what was asked never changes.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from guanjia.people.acting import post_key


def by_key(null: bool = False) -> "models.ForeignKey[Any, Any]":
    """A foreign key to who did it."""
    return models.ForeignKey(
        *(settings.AUTH_USER_MODEL, models.PROTECT), null=null, related_name="+", db_index=False
    )


def of_key(to: str, null: bool = False, related: str = "+") -> "models.ForeignKey[Any, Any]":
    """A foreign key to whom or what it is about."""
    return models.ForeignKey(to, models.PROTECT, null=null, related_name=related)


def two_people(name: str, *states: str) -> models.CheckConstraint:
    """In these states, the one who prepared is not the one who decided."""
    return models.CheckConstraint(
        name=name, condition=~Q(state__in=states) | ~Q(prepared_by=F("decided_by"))
    )


def named(name: str) -> models.CheckConstraint:
    """While it is open nobody has decided; once it is decided, somebody has, at some moment."""
    nobody = Q(state="open", decided_by__isnull=True, decided_at__isnull=True)
    somebody = ~Q(state="open") & Q(decided_by__isnull=False, decided_at__isnull=False)
    return models.CheckConstraint(name=name, condition=nobody | somebody)


def sent_back_with_words(name: str) -> models.CheckConstraint:
    """Whoever sends something back says why."""
    return models.CheckConstraint(name=name, condition=~Q(state="returned") | ~Q(note=""))


class Asked(models.Model):
    """Who prepared it and why; who decided, when, and in which words."""

    reason = models.CharField(max_length=400)
    prepared_by = by_key()
    prepared_post = post_key()
    prepared_at = models.DateTimeField(db_default=Now())
    decided_by = by_key(null=True)
    decided_post = post_key()
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True


POSTS = ("prepared_post", "decided_post")
"""Read along with who prepared and decided, to say who stood in for somebody."""


class ChangeState(models.TextChoices):
    """Where a change request stands: open > approved | returned | withdrawn; direct is at once so."""

    OPEN = "open", _("待复核")
    APPROVED = "approved", _("已复核")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
    DIRECT = "direct", _("直接更正")


class ChangeRequest(Asked):
    """A clerk asks that from now on something else be believed of a fact, for a period.

    Only approval by a second person writes the fact. Facts that no chapter reads are corrected
    directly: such a row is written at once as `direct`, decided by who prepared it.
    """

    person = of_key("people.Person", null=True)
    household = of_key("people.Household", null=True)
    kind = models.CharField(max_length=40, db_collation="C")
    key = models.CharField(max_length=40, blank=True, db_collation="C")
    number = models.BigIntegerField(null=True)
    word = models.CharField(max_length=40, null=True)  # noqa: DJ001 - NULL is "not known"
    day = models.DateField(null=True)
    since = models.DateField()
    until = models.DateField(null=True)
    source = of_key("people.Source")
    document = models.CharField(max_length=120, blank=True, help_text="the paper it rests on")
    state = models.CharField(max_length=10, choices=ChangeState, default=ChangeState.OPEN)

    class Meta:
        constraints = [
            two_people("change_was_approved_by_a_second_person", "approved", "returned"),
            named("a_decided_change_names_who_and_when"),
            sent_back_with_words("a_returned_change_says_why"),
            models.CheckConstraint(
                name="change_state_is_known", condition=Q(state__in=ChangeState.values)
            ),
            models.CheckConstraint(
                name="change_is_of_one_unit",
                condition=Q(person__isnull=True, household__isnull=False)
                | Q(person__isnull=False, household__isnull=True),
            ),
            models.CheckConstraint(
                name="change_has_one_value",
                condition=Q(number__isnull=True, word__isnull=True)
                | Q(number__isnull=True, day__isnull=True)
                | Q(word__isnull=True, day__isnull=True),
            ),
            models.CheckConstraint(
                name="change_ends_after_it_begins",
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
            ),
            models.CheckConstraint(name="change_gives_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                name="one_open_change_a_unit_and_fact",
                fields=["person", "household", "kind", "key"],
                condition=Q(state="open"),
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(
                name="change_open", fields=["prepared_at", "id"], condition=Q(state="open")
            )
        ]


class RegistrationState(models.TextChoices):
    """What became of a registration: open > agreed | refused."""

    OPEN = "open", _("已登记，待核")
    AGREED = "agreed", _("已核，可办理")
    REFUSED = "refused", _("未通过")


class Described(models.Model):
    """A person as somebody at a counter stated it, the document sealed."""

    name = models.CharField(max_length=60)
    initials = models.CharField(max_length=30, blank=True)
    sex = models.CharField(max_length=1)
    born_on = models.DateField()
    document_kind = models.CharField(max_length=24)
    document_sealed = models.BinaryField(null=True)
    document_mask = models.CharField(max_length=24, blank=True)
    document_index = models.BinaryField(null=True)

    class Meta:
        abstract = True


class Registration(Described):
    """A desk registered somebody at the counter: the record of the look-up, and what became of it.

    Written by one function of the database, alike for a person who exists elsewhere and for a new
    one; nothing in it tells which. `counted_at` is the clock of the database: by it posts are limited.
    """

    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    why = models.CharField(max_length=12)
    post = models.ForeignKey("staff.Post", on_delete=models.PROTECT, related_name="+")
    asked_by = by_key()
    asked_at = models.DateTimeField()
    counted_at = models.DateTimeField(db_default=Now())
    state = models.CharField(
        max_length=10, choices=RegistrationState, default=RegistrationState.OPEN
    )
    person = of_key("people.Person", null=True)
    answered_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="registration_state_is_known", condition=Q(state__in=RegistrationState.values)
            ),
            models.CheckConstraint(
                name="a_registration_names_the_person_once_agreed",
                condition=Q(state="agreed", person__isnull=False)
                | (~Q(state="agreed") & Q(person__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_refused_registration_says_why", condition=~Q(state="refused") | ~Q(note="")
            ),
        ]
        indexes = [
            models.Index(fields=["post", "counted_at"], name="registration_post"),
            models.Index(fields=["place", "id"], name="registration_place"),
        ]


class Transfer(models.Model):
    """转入核对: the desk that knows the person says whether the other desk may see him.

    `person` is empty where nobody has this document yet: then the city desk looks at it.
    """

    registration = models.OneToOneField(
        Registration, on_delete=models.PROTECT, related_name="transfer"
    )
    place = models.ForeignKey(
        "places.Place", on_delete=models.PROTECT, related_name="+", db_column="place"
    )
    # The function that writes it found the person; a check at commit would take time that tells.
    person = models.ForeignKey(
        "people.Person",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    state = models.CharField(
        max_length=10, choices=RegistrationState, default=RegistrationState.OPEN
    )
    decided_by = by_key(null=True)
    decided_post = post_key()
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="transfer_state_is_known", condition=Q(state__in=RegistrationState.values)
            ),
            named("a_decided_transfer_names_who_and_when"),
            models.CheckConstraint(
                name="a_refused_transfer_says_why", condition=~Q(state="refused") | ~Q(note="")
            ),
        ]
        indexes = [models.Index(fields=["place", "state", "id"], name="transfer_place")]


class JoinState(models.TextChoices):
    """Where a merge stands: open > approved | returned | withdrawn; approved > undone."""

    OPEN = "open", _("待复核")
    APPROVED = "approved", _("已生效")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
    UNDONE = "undone", _("已撤销")


class Undoable(Asked):
    """What a second person approves and what may be taken back afterwards."""

    state = models.CharField(max_length=10, choices=JoinState, default=JoinState.OPEN)
    undone_by = by_key(null=True)
    undone_post = post_key()
    undone_at = models.DateTimeField(null=True)
    undone_because = models.CharField(max_length=400, blank=True)

    class Meta:
        abstract = True


def undone(name: str) -> models.CheckConstraint:
    """What was undone says by whom, when and why; nothing else does."""
    return models.CheckConstraint(
        name=name,
        condition=Q(state="undone", undone_by__isnull=False, undone_at__isnull=False)
        & ~Q(undone_because="")
        | ~Q(state="undone") & Q(undone_by__isnull=True, undone_at__isnull=True),
    )


class Merge(Undoable):
    """Two files are of one human being: `gone` stands under `kept` from the approval until undone.

    Neither file changes: what reads persons leaves out those that are gone.
    """

    kept = of_key("people.Person", related="merges")
    gone = of_key("people.Person", related="merged")

    class Meta:
        constraints = [
            two_people("merge_was_approved_by_a_second_person", "approved", "returned", "undone"),
            named("a_decided_merge_names_who_and_when"),
            sent_back_with_words("a_returned_merge_says_why"),
            undone("an_undone_merge_says_who_when_and_why"),
            models.CheckConstraint(
                name="merge_state_is_known", condition=Q(state__in=JoinState.values)
            ),
            models.CheckConstraint(
                name="nobody_is_merged_with_himself", condition=~Q(kept=F("gone"))
            ),
            models.UniqueConstraint(
                name="a_person_is_merged_away_once",
                fields=["gone"],
                condition=Q(state__in=["open", "approved"]),
            ),
        ]


class Split(Undoable):
    """Facts in the file of `person` are `other`'s: they move there from the approval until undone."""

    person = of_key("people.Person", related="splits")
    other = of_key("people.Person", related="split_to")

    class Meta:
        constraints = [
            two_people("split_was_approved_by_a_second_person", "approved", "returned", "undone"),
            named("a_decided_split_names_who_and_when"),
            sent_back_with_words("a_returned_split_says_why"),
            undone("an_undone_split_says_who_when_and_why"),
            models.CheckConstraint(
                name="split_state_is_known", condition=Q(state__in=JoinState.values)
            ),
            models.CheckConstraint(
                name="nobody_is_split_from_himself", condition=~Q(person=F("other"))
            ),
            models.CheckConstraint(name="split_gives_a_reason", condition=~Q(reason="")),
        ]


class SplitFact(models.Model):
    """One fact that a split is to move, as it stood in the first file."""

    split = models.ForeignKey(Split, models.PROTECT, related_name="lines", db_index=False)
    fact = of_key("people.PersonFact", related="splits")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_split_names_a_fact_once", fields=["split", "fact"])
        ]
