"""Jobs: told to stop they wait for another worker, forgotten runs get one again, surprises are told."""

from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import JobAborted

from guanjia.entitlements.deciding import comparing, sifting
from guanjia.entitlements.models import Run, RunState
from guanjia.entitlements.runs import actions, tasks
from guanjia.policy.book import Book
from guanjia.policy.city import deciding
from guanjia.policy.city.deciding import Results
from guanjia.policy.city.layout import Snapshot, Told
from tests import town
from tests.committed import Town, _django_db_helper, committed_town
from tests.entitlements import office

__all__ = ["_django_db_helper", "committed_town"]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def asked(committed_town: Town) -> Run:
    """January 2020, asked for."""
    at = office.moment(office.JANUARY)
    with committed_town.as_job():
        office.open_house(committed_town.cast)
        office.award_chen(committed_town.cast)
        return actions.ask_run(office.JANUARY, town.CITY, committed_town.cast.zhou, at, town.TODAY)


def now(committed: Town, run: Run) -> Run:
    """The run as it stands."""
    with committed.as_job():
        return Run.objects.get(pk=run.pk)


def jobs() -> list[tuple[str, object, str]]:
    """Task, arguments and lock of every job."""
    rows = ProcrastinateJob.objects.order_by("id")
    return list(rows.values_list("task_name", "args", "lock"))


def test_asking_asks_for_the_job_in_the_same_transaction(asked: Run) -> None:
    assert jobs() == [("entitlements.determine", {"run_id": asked.pk}, f"run/{asked.pk}")]


def test_a_job_that_is_told_to_stop_stops_between_batches(committed_town: Town, asked: Run) -> None:
    class Context:
        calls = 0

        def should_abort(self) -> bool:
            self.calls += 1
            return self.calls > 1

    with committed_town.as_job():
        sifting.sift(asked)
    with pytest.raises(JobAborted):
        tasks.determine(Context(), asked.pk)  # type: ignore[arg-type]
    stopped = now(committed_town, asked)
    assert (stopped.state, stopped.done) == (RunState.DETERMINING, 3)
    tasks.determine(None, asked.pk)
    assert now(committed_town, asked).state == RunState.READY


def test_a_run_can_be_cancelled_while_the_whole_city_is_decided(
    committed_town: Town, asked: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[tuple[str, int, int]] = []
    decide = deciding.decide

    def interrupted(book: Book, month: date, laid: Snapshot, folder: Path, told: Told) -> Results:
        told(3, 10)
        at_work = now(committed_town, asked)
        seen.append((at_work.state, at_work.done, at_work.total))
        with committed_town.as_job():
            actions.cancel_run(asked.pk, committed_town.cast.zhou, office.moment(office.JANUARY))
        return decide(book, month, laid, folder, told)

    monkeypatch.setattr(deciding, "decide", interrupted)
    with pytest.raises(JobAborted):
        tasks.determine(None, asked.pk)
    assert seen == [(RunState.DETERMINING, 3, 10)]
    assert now(committed_town, asked).state == RunState.CANCELLED
    tasks.determine(None, asked.pk)  # the job comes back, and finds nothing to do
    assert now(committed_town, asked).state == RunState.CANCELLED
    assert not list(committed_town.files.rglob("*.parquet")), "nobody's facts stay behind"


def test_a_run_that_no_job_works_on_gets_one_again(asked: Run) -> None:
    tasks.take_up_runs(timestamp=0)
    assert len(jobs()) == 1  # its job waits
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    tasks.take_up_runs(timestamp=0)
    assert [task for task, _args, _lock in jobs()] == ["entitlements.determine"]


def test_a_surprise_stands_on_the_run_with_a_code(
    committed_town: Town,
    asked: Run,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def breaks(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(comparing, "finish", breaks)
    tasks.determine(None, asked.pk)
    failed = now(committed_town, asked)
    assert failed.state == RunState.FAILED
    assert "ZeroDivisionError" in failed.trouble and "重试" in failed.trouble
    code = failed.trouble.split("编号 ")[1][:8]
    assert code in caplog.text
