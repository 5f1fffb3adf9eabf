"""Opening a concern: the case, what was asked, and the code by which its asker finds it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from guanjia.cases import actions as cases
from guanjia.cases import attaching
from guanjia.cases.actions import ASKER, By, NewCase
from guanjia.cases.models import Case
from guanjia.cases.promises import Promises
from guanjia.cases.storing import Stored
from guanjia.concerns.matters import contacts, sorting, tracking
from guanjia.concerns.matters.sorting import Sorted
from guanjia.concerns.models import Concern, Consent, Ticket
from guanjia.concerns.rules.brand import Brand
from guanjia.concerns.rules.workflow import CONCERN
from guanjia.kit import scope
from guanjia.people import seal


@dataclass(frozen=True, slots=True)
class NewConcern:
    """What was asked. `form` is the form's own number, 32 hex digits, from which the code is made.

    `ticket`: the number that another system gave it, after the system's name. `publish`: whether the
    answer may be shown to others.
    """

    form: str
    category: str
    text: str
    place: str
    spot: str = ""
    name: str = ""
    phone: str = ""
    email: str = ""
    for_other: bool = False
    channel: str = "web"
    policy: str = ""
    synthetic: bool = False
    ticket: str = ""
    publish: bool = False

    @property
    def code(self) -> str:
        """The tracking code."""
        return tracking.code_of(self.form)

    @property
    def key(self) -> str:
        """What the database knows the case by."""
        return tracking.key_of(self.code, self.phone)


def take_in(
    asked: NewConcern,
    brand: Brand,
    promises: Promises,
    mask: str,
    at: datetime,
    by: By = ASKER,
    files: Sequence[Stored] = (),
) -> str:
    """Open a case for what was asked, at the right desk; returns its tracking code.

    A form that was sent twice opens one case with its files and gets the same code. `by`: who wrote
    it down; what staff write down may stand anywhere in the city, since who tells it need not live
    nearby. Raises IntegrityError for a ticket that came in before.
    """
    category = brand.categories[asked.category]
    new = NewCase(
        place=asked.place,
        desk=brand.send(asked.category, asked.place, at, asked.policy).desk,
        track=asked.key,
        promise=brand.promise_of(asked.category, asked.policy),
    )
    try:
        with scope.hold(_eyes(asked, by)), transaction.atomic():
            case = cases.open_case(CONCERN, promises, new, by, at)
            _write(case, asked, category.label, mask)
            attaching.attach(case, files, by.who, at)
            if asked.publish:
                Consent.objects.create(case=case, given_at=at)
            if asked.ticket:
                Ticket.objects.create(case=case, number=asked.ticket)
            if by.user is not None and asked.policy:
                sorting.put(case, Sorted(asked.category, asked.policy), brand, by, at)
    except IntegrityError:
        with scope.hold(scope.Scope(kind="case", key=asked.key)):
            known = Case.objects.filter(track=asked.key).first()
            if known is None:
                raise
            attaching.attach(known, files, by.who, at)
    return asked.code


def _eyes(asked: NewConcern, by: By) -> scope.Scope:
    """Of the one case that is taken in; the post of who writes it down is kept with it."""
    return scope.Scope(kind="intake", key=asked.key, post=str(by.post.pk) if by.post else "")


def _write(case: Case, asked: NewConcern, label: str, mask: str) -> None:
    Concern.objects.create(
        case=case,
        category=asked.category,
        category_label=label,
        channel=asked.channel,
        text=asked.text,
        spot=asked.spot,
        name=asked.name,
        for_other=asked.for_other,
        phone_sealed=seal.seal(asked.phone) if asked.phone else b"",
        phone_mask=mask,
        phone_index=contacts.index_of(contacts.SMS, asked.phone),
        email_sealed=seal.seal(asked.email) if asked.email else b"",
        email_mask=contacts.masked_address(asked.email),
        email_index=contacts.index_of(contacts.EMAIL, asked.email),
        synthetic=asked.synthetic,
    )
