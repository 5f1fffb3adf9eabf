"""Taking an import back: what it believed is superseded, what was believed before is believed again.

Nothing is taken back on which something stands: a later correction, an award, a decision, a visit.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from guanjia.interop.errors import ClockBack, Depended, NotNow
from guanjia.interop.imports import UNDO, defer
from guanjia.interop.models import Import, ImportState, PersonNumber, What
from guanjia.kit import bulk, scope
from guanjia.people import intake, taking_back
from guanjia.staff.models import User

BELIEVED = {
    What.PERSON_FACT: "people_personfact",
    What.HOUSEHOLD_FACT: "people_householdfact",
    What.MEMBERSHIP: "people_membership",
    What.AWARD: "entitlements_award",
}
NEW = "SELECT w.row FROM interop_importwrite w WHERE w.of_id = %s AND w.what = %s AND NOT w.ended"
MODELS = {
    What.PERSON: "people.Person",
    What.HOUSEHOLD: "people.Household",
    What.AWARD: "entitlements.Award",
}
OURS = {
    "people.personfact",
    "people.householdfact",
    "people.membership",
    "people.reach",
    "people.namegram",
    "interop.personnumber",
}
"""Tables that are looked at one by one; rows of all others stand on what they name."""
CHANGED = {
    What.PERSON: ("people_person", "id", {"name": "text", "sex": "text", "born_on": "date"}),
    What.HOUSEHOLD: ("people_household", "id", {"collective": "boolean"}),
    What.FACILITY: (
        "places_facility",
        "code::bigint",
        {"name": "text", "kind": "text", "capacity": "integer", "since": "date", "until": "date"},
    ),
}


@transaction.atomic
def ask_undo(number: int, by: User, city: str, at: datetime) -> Import:
    """An import is to be taken back as a whole. Raises NotNow, Depended."""
    found = Import.objects.select_for_update().get(pk=number)
    able = (ImportState.APPLIED, ImportState.CANCELLED, ImportState.FAILED)
    if found.state not in able or found.applied_at is None:
        raise NotNow(str(found.get_state_display()))
    _check(found, city, at)
    found.state, found.ended_by, found.ended_at, found.trouble = ImportState.UNDOING, by, None, ""
    found.began_at = at
    found.save(update_fields=["state", "ended_by", "ended_at", "trouble", "began_at"])
    defer(UNDO, found)
    return found


@transaction.atomic
def undo(number: int, city: str, at: datetime) -> None:
    """Take it back, under a scope that sees the whole city. Raises Depended, ClockBack."""
    found = Import.objects.select_for_update().get(pk=number)
    if found.state != ImportState.UNDOING:
        return
    _check(found, city, at)
    new = {what: _new(found, what) for what in What}
    moved = _people_of(found)
    for what, table in BELIEVED.items():
        intake.supersede(table, new[what], at)
    for what in (What.PERSON_FACT, What.HOUSEHOLD_FACT, What.MEMBERSHIP):
        intake.believe_again(BELIEVED[what], _ended(found, what), at)
    _put_back(found)
    _delete("interop_personnumber", "id", new[What.NUMBER])
    _delete("places_facility", "code::bigint", new[What.FACILITY])
    intake.reach_again(sorted(set(moved) - set(new[What.PERSON])), city)
    taking_back.forget_persons(new[What.PERSON])
    taking_back.forget_households(new[What.HOUSEHOLD])
    found.state, found.ended_at = ImportState.UNDONE, at
    found.save(update_fields=["state", "ended_at"])


def depends(found: Import) -> list[str]:
    """What stands on an import, in words. Asked under a scope that sees the whole city."""
    return [
        *_posts(found),
        *_corrected(found),
        *_added(found),
        *_written_over(found),
        *_related(found),
    ]


def _posts(found: Import) -> Iterator[str]:
    """A post that was given is ended openly, never taken out of the books."""
    if _new(found, What.POST):
        yield _("派出的岗位不能撤销，只能在“岗位与账号”里结束并移交")


def nameless(found: Import) -> list[int]:
    """New persons of an import who are not yet found by name."""
    rows = bulk.rows(
        f"SELECT p.row FROM ({NEW}) p WHERE NOT EXISTS "
        "(SELECT FROM people_namegram g WHERE g.person_id = p.row)",
        [found.pk, What.PERSON],
    )
    return [key for (key,) in rows]


def _check(found: Import, city: str, at: datetime) -> None:
    with scope.hold(scope.job(f"import/{found.pk}", city, at.date())):
        reasons = depends(found)
        if reasons:
            raise Depended(reasons)
        if _recorded_later(found, at):
            raise ClockBack


def _new(found: Import, what: What) -> list[int]:
    return [key for (key,) in bulk.rows(NEW, [found.pk, what])]


def _ended(found: Import, what: What) -> list[int]:
    """Rows of others that the import superseded."""
    rows = bulk.rows(
        f"SELECT e.row FROM interop_importwrite e WHERE e.of_id = %s AND e.what = %s AND e.ended "
        f"AND e.row NOT IN ({NEW})",
        [found.pk, what, found.pk, what],
    )
    return [key for (key,) in rows]


def _people_of(found: Import) -> list[int]:
    """Persons whose stays or 户籍 the import touched."""
    rows = bulk.rows(
        """SELECT m.person_id FROM people_membership m JOIN interop_importwrite w
          ON w.of_id = %s AND w.what = 'membership' AND w.row = m.id
        UNION SELECT f.person_id FROM people_personfact f JOIN interop_importwrite w
          ON w.of_id = %s AND w.what = 'person_fact' AND w.row = f.id WHERE f.kind = 'hukou'""",
        [found.pk, found.pk],
    )
    return [key for (key,) in rows]


def _recorded_later(found: Import, at: datetime) -> bool:
    return any(
        bulk.rows(
            f"SELECT 1 FROM {table} t WHERE t.id IN ({NEW}) AND t.recorded_at > %s LIMIT 1",
            [found.pk, what, at],
        )
        for what, table in BELIEVED.items()
    )


def _corrected(found: Import) -> Iterator[str]:
    """Rows of the import that somebody else superseded since."""
    for what, table in BELIEVED.items():
        ((count,),) = bulk.rows(
            f"""SELECT count(*) FROM {table} t WHERE t.id IN ({NEW}) AND t.superseded_at IS NOT NULL
            AND NOT EXISTS (SELECT FROM interop_importwrite e WHERE e.of_id = %s AND e.what = %s
              AND e.row = t.id AND e.ended)""",
            [found.pk, what, found.pk, what],
        )
        if count:
            yield _("有 %(count)d 条%(what)s后来又改过") % {"count": count, "what": what.label}


def _added(found: Import) -> Iterator[str]:
    """What others wrote about the persons and households of the import since."""
    asked = (
        ("people_personfact", "person_id", What.PERSON, What.PERSON_FACT),
        ("people_membership", "person_id", What.PERSON, What.MEMBERSHIP),
        ("people_membership", "household_id", What.HOUSEHOLD, What.MEMBERSHIP),
        ("people_householdfact", "household_id", What.HOUSEHOLD, What.HOUSEHOLD_FACT),
    )
    for table, column, unit, what in asked:
        ((count,),) = bulk.rows(
            f"""SELECT count(*) FROM {table} t WHERE t.{column} IN ({NEW})
            AND t.superseded_at IS NULL AND t.source_id <> %s""",
            [found.pk, unit, found.source],
        )
        if count:
            parts = {"count": count, "what": what.label, "unit": unit.label}
            yield _("这次导入的%(unit)s后来另有 %(count)d 条%(what)s") % parts
    numbers = PersonNumber.objects.filter(person_id__in=_new(found, What.PERSON))
    others = numbers.exclude(pk__in=_new(found, What.NUMBER)).count()
    if others:
        yield _("这次导入的人后来另有 %(count)d 个人员编号") % {"count": others}


def _written_over(found: Import) -> Iterator[str]:
    """Cells that the import wrote over and that hold something else by now."""
    for what, (table, key, columns) in CHANGED.items():
        for column, kind in columns.items():
            ((count,),) = bulk.rows(
                f"""SELECT count(*) FROM interop_importchange c JOIN {table} t ON t.{key} = c.row
                WHERE c.of_id = %s AND c.what = %s AND c.column = %s
                  AND t.{column} IS DISTINCT FROM nullif(c.after, '')::{kind}""",
                [found.pk, what, column],
            )
            if count:
                yield _("有 %(count)d 条%(what)s后来又改过") % {"count": count, "what": what.label}


def _related(found: Import) -> Iterator[str]:
    """Rows of any other table that name what the import wrote."""
    awards = set(_new(found, What.AWARD))
    for what, name in MODELS.items():
        keys = _new(found, what)
        model = apps.get_model(name)
        for relation in model._meta.get_fields(include_hidden=True) if keys else ():
            other: type[Model] | None = getattr(relation, "related_model", None)
            if other is None or not relation.auto_created or relation.concrete:
                continue
            if other._meta.label_lower in OURS:
                continue
            count = _count(other, relation.field.name, keys, awards)
            if count:
                yield _("%(what)s已有 %(count)d 条“%(other)s”") % {
                    "what": what.label,
                    "count": count,
                    "other": _called(other),
                }


def _count(other: type[Model], column: str, keys: list[int], awards: set[int]) -> int:
    rows: Any = other._base_manager.filter(**{f"{column}__in": keys})
    if other._meta.label_lower == "entitlements.award":
        rows = rows.exclude(pk__in=awards)
    return int(rows.count())


def _called(model: type[Model]) -> str:
    names = {
        "award": _("待遇"),
        "determination": _("决定"),
        "lead": _("线索"),
        "entry": _("账目"),
    }
    return names.get(model._meta.model_name or "", str(model._meta.verbose_name))


def _put_back(found: Import) -> None:
    for what, (table, key, columns) in CHANGED.items():
        for column, kind in columns.items():
            bulk.rows(
                f"""UPDATE {table} t SET {column} = nullif(c.before, '')::{kind}
                FROM interop_importchange c
                WHERE c.of_id = %s AND c.what = %s AND c.column = %s AND t.{key} = c.row
                RETURNING 1""",
                [found.pk, what, column],
            )
    keys = [
        k
        for (k,) in bulk.rows(
            "SELECT row FROM interop_importchange WHERE of_id = %s AND what = 'person'", [found.pk]
        )
    ]
    taking_back.names_again(keys)


def _delete(table: str, key: str, keys: list[int]) -> None:
    bulk.rows(f"DELETE FROM {table} WHERE {key} = ANY(%s::bigint[]) RETURNING 1", [keys])
