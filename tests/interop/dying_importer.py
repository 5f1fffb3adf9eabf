"""A worker in a process of its own that stops in the middle of an import's batch, to be killed.

`python -m tests.interop.dying_importer check|apply|no`: in which pass it stops.
"""

import asyncio
import sys

import django

from tests.entitlements.dying_worker import stops


def main(step: str) -> None:
    """Take up what a killed worker left, then work until the queue is empty."""
    django.setup()
    from procrastinate.contrib.django import app

    from guanjia.entitlements.runs import tasks
    from guanjia.interop import imports
    from guanjia.interop.intake import passing
    from guanjia.web.house import jobs

    passing.BATCH = 3
    if step in ("check", "apply"):
        imports.record = stops(imports.record, 4)

    async def take_up() -> None:
        async with app.open_async():
            await tasks.take_up_stalled(0)

    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(take_up())
    jobs.work(until_empty=True)


if __name__ == "__main__":
    main(sys.argv[1])
