"""A worker in a process of its own, with small batches, that stops to be killed in mid-transaction.

`python -m tests.entitlements.dying_worker sift|determine|pay|what_if|ahead|no`: which step stops at its
third batch (the decision of the whole city at its second table, a what-if at its second month); `ahead`
as determine, and helpers work at what comes next.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import django


def stops(function: Callable[..., Any], at_call: int) -> Callable[..., Any]:
    """The function, but after its n-th call nothing goes on: what it wrote is not committed."""
    calls = 0

    def stopping(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        result, calls = function(*args, **kwargs), calls + 1
        if calls == at_call:
            print("in the middle", flush=True)
            time.sleep(120)
        return result

    return stopping


def main(step: str) -> None:
    """Take up what a killed worker left, then work until the queue is empty."""
    django.setup()
    from procrastinate.contrib.django import app

    from guanjia.entitlements.deciding import ahead, determining
    from guanjia.entitlements.runs import paying, tasks
    from guanjia.entitlements.what_if import trying
    from guanjia.policy.city import deciding
    from guanjia.web.house import jobs

    determining.determine_batch = partial(determining.determine_batch, size=3)
    paying.pay_batch = partial(paying.pay_batch, size=3)
    if step == "sift":
        deciding.outcome = stops(deciding.outcome, 2)
    if step == "ahead":
        ahead.WORTH_IT = tasks.WORTH_IT = 1
    if step in ("determine", "ahead"):
        determining.write_figures = stops(determining.write_figures, 3)
    if step == "pay":
        paying.ledger.post_payments = stops(paying.ledger.post_payments, 3)

    if step == "what_if":
        trying.bulk.insert = stops(trying.bulk.insert, 2)

    async def take_up() -> None:
        async with app.open_async():
            await tasks.take_up_stalled(0)

    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(take_up())
    jobs.work(until_empty=True)


if __name__ == "__main__":
    main(sys.argv[1])
