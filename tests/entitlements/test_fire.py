"""Whole months under fire: at least fifty kill -9 at random instants, and not a fen is lost or doubled.

Workers, the process that approves, and the database's own processes are killed. Each is forked
from this warm one, so that fifty deaths take minutes. The seed stands in the report.
"""

import asyncio
import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import Error, connections
from procrastinate.contrib.django import app

from guanjia.entitlements.bank import holding
from guanjia.entitlements.deciding import determining
from guanjia.entitlements.models import Run, RunState
from guanjia.entitlements.runs import actions, paying, tasks
from guanjia.interop import bank
from guanjia.kit import clock
from guanjia.ledger.audit import audit
from guanjia.web.house import jobs
from tests import house, town
from tests.committed import Town, _django_db_helper, committed_town
from tests.entitlements import office
from tests.entitlements.test_killed import everything, settle_elders
from tests.forks import calm, forked, shoot
from tests.journeys.houses import own_database

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]

KILLS, AT_FIRST, LONGER = 50, 0.5, 1.15
"""How many at least; in which part of the time that the step takes undisturbed the first falls; how
much longer each next one may wait, so that all ends."""
NUMBER = re.compile(r"-[0-9]+(?=\.)")
DATABASE_EVERY = 10
"""Every so many kills it is a process of PostgreSQL that dies."""
MONTHS = (office.DECEMBER, office.JANUARY, office.FEBRUARY, office.MARCH)


def work_off() -> None:
    """What a worker does: take up what another left, work until the queue is empty."""
    determining.determine_batch = partial(determining.determine_batch, size=2)  # type: ignore[assignment]
    paying.pay_batch = partial(paying.pay_batch, size=2)  # type: ignore[assignment]

    async def take_up() -> None:
        async with app.open_async():
            await tasks.take_up_stalled(0)

    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        asyncio.run(take_up())
    jobs.work(until_empty=True)


Step = tuple[Any, int]
"""A month, and the number of what is done in it."""


class Gunman:
    """Kills processes at random instants, and now and then one of the database's."""

    def __init__(self, seed: int, database: str) -> None:
        self.random, self.database, self.kills = random.Random(seed), database, 0
        self.longest: dict[Step, float] = {}

    def watch(self, step: Step, work: Callable[[], None]) -> bool:
        """Let it work undisturbed, and remember how long it took."""
        began = time.monotonic()
        well = calm(work)
        self.longest[step] = (time.monotonic() - began) * AT_FIRST
        return well

    def fire(self, step: Step, work: Callable[[], None]) -> bool:
        """Let it work; kill it at some instant. True where it ended by itself, and well."""
        child = forked(work)
        until = time.monotonic() + self.random.uniform(0, self.longest[step])
        while time.monotonic() < until:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status == 0
            time.sleep(0.005)
        self.kills, self.longest[step] = self.kills + 1, self.longest[step] * LONGER
        if self.kills % DATABASE_EVERY == 0:
            self.kill_database()
        shoot(child)
        return False

    def kill_database(self) -> None:
        """kill -9 of a process that serves this database: PostgreSQL restarts all of them."""
        url = house.SERVER.url("guanjia_admin", "postgres")
        query = "SELECT pid FROM pg_stat_activity WHERE datname = %s LIMIT 1"
        with psycopg.connect(url, autocommit=True) as admin:
            found = admin.execute(query, [self.database]).fetchone()
        if found:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself meanwhile
                os.kill(found[0], signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Until the database answers again."""
        for _turn in range(200):
            connections.close_all()
            try:
                with connections["default"].cursor() as cursor:
                    cursor.execute("SELECT 1")
                return
            except Error:
                time.sleep(0.1)
        raise TimeoutError


def a_month(house: Town, month: Any, fire: Callable[[Step, Callable[[], None]], bool]) -> None:
    """Ask, determine, approve, pay and send, however often anything dies meanwhile."""
    cast, at = house.cast, office.moment(month)

    def asked() -> None:
        with house.as_job():
            actions.ask_run(month, town.CITY, cast.zhou, at, town.TODAY)

    def approved() -> None:
        with house.as_job():
            run = Run.objects.get(month=month)
            if run.state == RunState.READY:
                actions.approve_run(run.pk, cast.liang, at)

    def sent() -> None:
        with house.as_job():
            holding.send(Run.objects.get(month=month).pk, cast.zhou, clock.now())

    steps: tuple[tuple[Callable[[], None], tuple[str, ...]], ...] = (
        (asked, ("asked", "determining", "ready")),
        (work_off, ("ready",)),
        (approved, ("approved", "paid")),
        (work_off, ("paid",)),
        (sent, ("paid",)),
    )
    for number, (work, wanted) in enumerate(steps):
        for _turn in range(60):
            if fire((month, number), work) and state_of(house, month) in wanted:
                break
        else:
            raise AssertionError((month, work.__name__, state_of(house, month)))


def state_of(house: Town, month: Any) -> str:
    with house.as_job():
        found = Run.objects.filter(month=month).first()
        assert found is None or found.state != RunState.FAILED, found.trouble
        return found.state if found else ""


def outcome(house: Town) -> list[dict[str, Any]]:
    """What the months left behind, but for the numbers of the runs, some of which a crash takes."""
    with house.as_job():
        assert audit() == []
        found = [everything(run.pk) for run in Run.objects.order_by("month")]
    for one in found:
        one["files"] = [(NUMBER.sub("", name), *rest) for name, *rest in one["files"]]
    return found


def test_fifty_kills_at_random_instants_lose_and_double_nothing(
    committed_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = int(os.environ.get("GUANJIA_SEED", "0")) or random.SystemRandom().randrange(10**6)
    print(f"GUANJIA_SEED={seed}")
    settle_elders(committed_town)
    gunman = Gunman(seed, committed_town.database)
    with own_database() as untouched:
        monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "calm")
        for month in MONTHS:
            a_month(Town(untouched, committed_town.cast, tmp_path), month, gunman.watch)
        wanted = outcome(committed_town)
    monkeypatch.setattr(settings, "GUANJIA_FILES", tmp_path / "fire")
    for month in MONTHS:
        a_month(committed_town, month, gunman.fire)
    assert outcome(committed_town) == wanted
    assert gunman.kills >= KILLS, gunman.kills
    assert len(wanted) == len(MONTHS) and all(one["run"][0] == "paid" for one in wanted)


def test_a_full_disk_while_the_file_is_written_loses_nothing(
    committed_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk takes some bytes and no more (a limit of the process): the job fails in words, and goes on."""
    import resource

    settle_elders(committed_town)
    with committed_town.as_job():
        run = office.post(
            committed_town.cast, office.determine(committed_town.cast, office.DECEMBER)
        )
        titles = {c.code: c.title for c in office.BOOK.chapters}

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
        with committed_town.as_job():
            bank.write(run, titles)

    assert not calm(full)
    folder = bank.folder_of(run.month)
    assert not [f for f in folder.iterdir() if f.suffix in (".csv", ".xlsx")], (
        "nothing half-written"
    )
    with committed_town.as_job():
        run.refresh_from_db()
        assert run.state == RunState.APPROVED
        files = bank.write(run, titles)
        actions.record_bank_files(run.pk, files, clock.now())
        assert audit() == []
        assert files[0].sha256 == bank.sha256(folder / files[0].name)
