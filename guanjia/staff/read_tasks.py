"""Every minute the read log is sealed; the end of the chain is witnessed outside the database too."""

from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from guanjia.kit import clock, scope
from guanjia.staff import read_chain, read_witness
from guanjia.staff.read_models import ReadBatch
from guanjia.staff.read_witness import Witness

EYES = scope.Scope(kind="job", run="read log")


@app.periodic(cron="* * * * *")
@app.task(name="staff.seal_reads", queue="runs")
def seal_reads(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Seal what is finished. Killed at any moment, the next minute goes on."""
    seal_now()


def seal_now() -> int:
    """Seal what is finished, and witness it; returns how many rows."""
    with scope.hold(EYES):
        sealed = read_chain.seal_finished(clock.now())
    _witness()
    return sealed


def witness() -> Witness:
    """What stands outside the database of this house."""
    return read_witness.read(_home())


def _home() -> Path:
    return Path(settings.GUANJIA_HOME)


def _witness() -> None:
    known = max(witness().hashes, default=0)
    with scope.hold(EYES):
        fresh = list(
            ReadBatch.objects.filter(number__gt=known).order_by("number").values_list("pk", "hash")
        )
    if fresh:
        read_witness.add(_home(), [(number, bytes(digest).hex()) for number, digest in fresh])
