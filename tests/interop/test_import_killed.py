"""A worker killed with kill -9 in the middle of an import: taken up again, the same to the row."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from guanjia.interop import imports, tables
from guanjia.interop.models import ImportWrite
from guanjia.kit import clock, scope
from guanjia.people.models import Membership, NameGram, Person, PersonFact, Reach
from guanjia.web.house import roles
from tests import house, town
from tests.committed import Town, _django_db_helper, committed_town
from tests.entitlements.test_killed import data_folder
from tests.interop import handing

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

FAMILIES = 4


def rows() -> handing.Rows:
    """Some families, a member of each in no right state."""
    people = [f"P{n},人{n},男,1978-05-04,无证件," for n in range(FAMILIES)]
    return {
        tables.HOUSEHOLDS: [f"H{n},441900119002,否" for n in range(FAMILIES)],
        tables.PERSONS: [*people, "P9,,男,1978-05-04,无证件,"],
        tables.MEMBERS: [f"H{n},P{n},2019-01-01,,本人" for n in range(FAMILIES)],
        tables.PERSON_FACTS: [f"P{n},工资性收入,,{n + 1}.00,2019-01-01," for n in range(FAMILIES)],
    }


def work_off(folder: Path, database: str, stop_at: str = "") -> None:
    """Work until the queue is empty; with `stop_at`, the first worker dies in that pass."""
    with data_folder(folder) as environment:
        url = house.SERVER.url(roles.LOGIN, database)
        for step in (stop_at, "no") if stop_at else ("no",):
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.interop.dying_importer", step],
                env={**environment, "DATABASE_URL": url},
                stdout=subprocess.PIPE,
                text=True,
            )
            if step == "no":
                assert worker.wait(timeout=120) == 0
            else:
                assert worker.stdout is not None and worker.stdout.readline() == "in the middle\n"
                worker.send_signal(signal.SIGKILL)
                assert worker.wait() == -signal.SIGKILL


def everything() -> list[object]:
    """All that stands, but for keys and moments."""
    with scope.hold(scope.job("test", town.CITY, town.TODAY)):
        return [
            sorted(Person.objects.values_list("name", "sex", "born_on")),
            sorted(Membership.objects.values_list("person__name", "household__number", "since")),
            sorted(
                PersonFact.objects.values_list("person__name", "kind", "number", "word"), key=repr
            ),
            sorted(Reach.objects.values_list("person__name", "place", "why", "since")),
            sorted(NameGram.objects.values_list("gram", "place", "person__name")),
            sorted(ImportWrite.objects.values_list("what", "ended")),
        ]


@pytest.mark.parametrize("step", ["check", "apply"])
def test_a_killed_import_loses_nothing_and_writes_nothing_twice(
    committed_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "house" / "files")
    cast, folder = committed_town.cast, tmp_path / "house"
    found = handing.hand_in(handing.workbook(tmp_path, rows()), cast.wang)
    work_off(folder, committed_town.database, step if step == "check" else "")
    assert handing.again(found, cast.wang).state == "checked"
    with handing.at_desk(cast.wang):
        imports.apply_import(found.pk, cast.wang, False, clock.now())
    work_off(folder, committed_town.database, step if step == "apply" else "")
    done = handing.again(found, cast.wang)
    assert (done.state, done.done, done.total) == ("applied", 17, 17)
    assert handing.counts(found) == {
        "households": (4, 0, 0, 0),
        "persons": (4, 0, 0, 1),
        "members": (4, 0, 0, 0),
        "person_facts": (4, 0, 0, 0),
    }
    people, lives, facts, reaches, grams, writes = everything()
    assert [p for p in people if p[0].startswith("人")] == [  # type: ignore[attr-defined]
        (f"人{n}", "1", town.date(1978, 5, 4)) for n in range(FAMILIES)
    ]
    mine = [x for rows_ in (lives, facts, reaches) for x in rows_ if x[0].startswith("人")]  # type: ignore[attr-defined]
    assert len(mine) == FAMILIES * (1 + 2 + 1)
    assert len({x for x in grams if x[2].startswith("人")}) == len(  # type: ignore[attr-defined]
        [x for x in grams if x[2].startswith("人")]  # type: ignore[attr-defined]
    )
    assert len(writes) == FAMILIES * 6  # type: ignore[arg-type]
