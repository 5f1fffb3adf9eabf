"""Opening a concern: the case, what was asked, and the code by which its asker finds it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from guanjia.cases import actions as cases
from guanjia.cases import attaching
from guanjia.cases.actions import ASKER, NewCase
from guanjia.cases.models import Case, Who
from guanjia.cases.promises import Promises
from guanjia.cases.storing import Stored
from guanjia.concerns import tracking
from guanjia.concerns.brand import Brand
from guanjia.concerns.models import Concern
from guanjia.concerns.workflow import CONCERN
from guanjia.kit import scope
from guanjia.people import seal


@dataclass(frozen=True, slots=True)
class NewConcern:
    """What was asked. `form` is the form's own number, 32 hex digits, from which the code is made."""

    form: str
    category: str
    text: str
    place: str
    spot: str = ""
    name: str = ""
    phone: str = ""
    for_other: bool = False
    channel: str = "web"

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
    files: Sequence[Stored] = (),
) -> str:
    """Open a case for what was asked, at the right desk; returns its tracking code.

    A form that was sent twice opens one case with its files and gets the same code.
    """
    category = brand.categories[asked.category]
    new = NewCase(
        place=asked.place,
        desk=brand.desk_for(asked.category, asked.place),
        track=asked.key,
        promise=category.promise,
    )
    try:
        with scope.hold(scope.Scope(kind="intake", key=asked.key)), transaction.atomic():
            case = cases.open_case(CONCERN, promises, new, ASKER, at)
            _write(case, asked, category.label, mask)
            attaching.attach(case, files, Who.RESIDENT, at)
    except IntegrityError:
        with scope.hold(scope.Scope(kind="case", key=asked.key)):
            known = Case.objects.filter(track=asked.key).first()
            if known is None:
                raise
            attaching.attach(known, files, Who.RESIDENT, at)
    return asked.code


def phone_index(phone: str) -> str:
    """What a phone is found by: nothing that it can be told from. '' for none."""
    return seal.index(f"phone/{phone}").hex() if phone else ""


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
        phone_index=phone_index(asked.phone),
    )
