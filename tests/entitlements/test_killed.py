"""A worker killed with kill -9 in the middle of a batch: taken up again, the same to the fen."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from guanjia.entitlements import queries
from guanjia.entitlements.models import BankFile, Determination, Lead, Run, RunFigure
from guanjia.entitlements.runs import actions
from guanjia.ledger.audit import audit
from guanjia.ledger.models import Account, Transfer
from guanjia.people import actions as people
from guanjia.people.records import NewHousehold
from guanjia.web.house import home, roles
from tests import house, town
from tests.committed import Town, _django_db_helper, committed_town
from tests.entitlements import office
from tests.journeys.houses import own_database

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

ELDERS = 14


@contextmanager
def data_folder(folder: Path) -> Iterator[dict[str, str]]:
    """A house's folder with the keys of the tests; yields the environment of its processes."""
    home.ensure(folder)
    shutil.copytree(Path(os.environ["GUANJIA_DATA"]) / "keys", folder / "keys", dirs_exist_ok=True)
    home.mark_demo(town.TODAY, folder)
    kept = {k: v for k, v in os.environ.items() if k != "GUANJIA_AS_OWNER"}
    yield {
        **kept,
        "GUANJIA_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "guanjia.web.settings",
    }


def worker(environment: dict[str, str], database: str, stop_at: str) -> subprocess.Popen[str]:
    """Start a worker on a database."""
    url = house.SERVER.url(roles.LOGIN, database)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.entitlements.dying_worker", stop_at],
        env={**environment, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    )


def work_off(environment: dict[str, str], database: str, kill_at: str = "") -> None:
    """Work until the queue is empty; with `kill_at`, the first worker dies in that step."""
    if kill_at:
        dying = worker(environment, database, kill_at)
        assert dying.stdout is not None
        assert dying.stdout.readline() == "in the middle\n"
        helpers = children(dying.pid)
        assert bool(helpers) == (kill_at == "ahead")
        dying.send_signal(signal.SIGKILL)
        assert dying.wait() == -signal.SIGKILL
        wait_until_gone(helpers)
    going_on = worker(environment, database, "no")
    assert going_on.wait(timeout=120) == 0


def children(parent: int) -> list[Path]:
    """The processes that a process started, as folders of /proc."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            started_by = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if started_by == parent:
            found.append(stat.parent)
    return found


def wait_until_gone(processes: list[Path]) -> None:
    """Helpers end with the process that they help."""
    until = time.monotonic() + 20
    while any(process.exists() for process in processes):
        assert time.monotonic() < until, processes
        time.sleep(0.05)


def settle_elders(committed: Town) -> None:
    """Enough elders for several batches, each with an award."""
    elders = [
        town.resident(f"老人{n}", date(1940, 1, 1 + n), 31 + 2 * n, town.COMMUNITY)
        for n in range(ELDERS)
    ]
    homes = [NewHousehold(f"E-{n}", town.COMMUNITY, [elder]) for n, elder in enumerate(elders)]
    with committed.as_job():
        office.open_house(committed.cast)
        people.register(homes, "test", town.KNOWN)
        for n, elder in enumerate(elders):
            award = replace(office.LI, number=f"E-{n}", payee=elder.name, person=elder.id)
            office.grant(committed.cast, award)
        office.award_chen(committed.cast)


def a_month(committed: Town, folder: Path, database: str, kill_at: str) -> dict[str, Any]:
    """Ask, determine, approve, pay in the present database; everything that came of it."""
    cast, at = committed.cast, office.moment(office.MARCH)
    with data_folder(folder) as environment:
        with committed.as_job():
            run = actions.ask_run(office.MARCH, town.CITY, cast.zhou, at, town.TODAY)
        work_off(environment, database, kill_at if kill_at != "pay" else "")
        with committed.as_job():
            actions.approve_run(run.pk, cast.liang, at)
        work_off(environment, database, kill_at if kill_at == "pay" else "")
    with committed.as_job():
        assert audit() == []
        left = {file.name for file in (folder / "files" / "runs" / str(run.pk)).iterdir()}
        assert left == {"result"}, "nobody's facts stay behind"
        return everything(run.pk)


def everything(run: int) -> dict[str, Any]:
    """What a run left behind, but for the moments of its writing."""
    done = Run.objects.get(pk=run)
    return {
        "run": (done.state, done.done, done.total, done.people, done.result_hash, done.trouble),
        "decided": rows(
            Determination, "benefit person household award since entitled net reasons pays what"
        ),
        "figures": rows(RunFigure, "place benefit what units fen"),
        "leads": rows(Lead, "kind benefit person household place state"),
        "moved": rows(Transfer, "entry__key entry__on fen source__path target__path"),
        "accounts": rows(Account, "path balance"),
        "files": rows(BankFile, "name sha256 lines fen"),
    }


def rows(model: Any, columns: str) -> list[tuple[Any, ...]]:
    """All rows of a table, in an order of their own."""
    return sorted(model.objects.values_list(*columns.split()), key=repr)


@pytest.mark.parametrize("step", ["sift", "determine", "pay", "ahead"])
def test_a_killed_worker_loses_nothing_and_does_nothing_twice(
    committed_town: Town, tmp_path: Path, step: str
) -> None:
    settle_elders(committed_town)
    with own_database() as untouched:
        wanted = a_month(committed_town, tmp_path / "calm", untouched, "")
    found = a_month(committed_town, tmp_path / "killed", committed_town.database, step)
    assert found == wanted
    assert wanted["run"][0] == "paid" and len(wanted["moved"]) > ELDERS
    with committed_town.as_job():
        (file, _sheet) = queries.bank_files(Run.objects.get().pk)
        assert file.lines == len(wanted["moved"]) - len(office.BENEFITS) * 2
