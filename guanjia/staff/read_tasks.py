"""Every minute the read log is sealed; the end of the chain is witnessed outside the database too."""

import os
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from guanjia.kit import clock, scope
from guanjia.staff import read_chain
from guanjia.staff.read_models import ReadBatch

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


def witness_file() -> Path:
    """Numbers and hashes of batches, a line each: a database rewritten whole does not fit it."""
    return Path(settings.GUANJIA_HOME) / "read-log-chain"


def witnessed() -> dict[int, str]:
    """Hashes by number, as the file has them; a line cut off in writing does not count."""
    if not witness_file().exists():
        return {}
    lines = [line.split() for line in witness_file().read_text().splitlines()]
    return {int(line[0]): line[1] for line in lines if len(line) == 2 and len(line[1]) == 64}


def _witness() -> None:
    known = max(witnessed(), default=0)
    with scope.hold(EYES):
        fresh = list(
            ReadBatch.objects.filter(number__gt=known).order_by("number").values_list("pk", "hash")
        )
    if fresh:
        handle = os.open(witness_file(), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w") as out:
            out.writelines(f"{number} {bytes(digest).hex()}\n" for number, digest in fresh)
            out.flush()
            os.fsync(out.fileno())
