"""对上这个人: a desk says which registered person of its reach asked, with a reason; or takes it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from guanjia.cases.errors import Missing, MovedMeanwhile, NotYours
from guanjia.cases.models import Case
from guanjia.cases.records import By
from guanjia.cases.workflow import DESK
from guanjia.cases.writing import write_aside
from guanjia.people.models import Person


@transaction.atomic
def identify(case_id: int, seen: int, person: int | None, by: By, at: datetime, note: str) -> Case:
    """Link a case to a person whom the desk may see, or to nobody.

    Raises Case.DoesNotExist, Person.DoesNotExist, NotYours, Missing, MovedMeanwhile.
    """
    case = Case.objects.get(pk=case_id)
    if DESK not in by.standing(case):
        raise NotYours
    if not note.strip():
        raise Missing("note")
    if person is not None:
        Person.objects.only("pk").get(pk=person)
    if not Case.objects.filter(pk=case_id, step=seen).update(step=F("step") + 1):
        raise MovedMeanwhile
    case.refresh_from_db()
    verb = "identify" if person is not None else "unidentify"
    write_aside(case, verb, at, note=note.strip(), by=by.user)
    Case.objects.filter(pk=case_id).update(person=person)
    case.refresh_from_db()
    return case
