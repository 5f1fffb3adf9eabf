"""Jobs of signing in: codes go out at once, and once more a minute; what is over is swept away."""

from datetime import datetime

from procrastinate.contrib.django import app

from guanjia.concerns.keys import code_sending
from guanjia.concerns.keys.signing_in import SEND
from guanjia.concerns.matters.city import the_brand
from guanjia.kit import clock, scope


@app.periodic(cron="* * * * *")
@app.task(name=SEND, queue="cases")
def send_codes(timestamp: int) -> None:  # noqa: ARG001 - the queue says when it was due
    """Sweep, then send the codes that were asked for."""
    send_at(clock.now())


def send_at(at: datetime) -> int:
    """Sweep what is over and send what is due; returns how many went."""
    known = the_brand()
    eyes = scope.job("codes", known.city, clock.today())
    code_sending.sweep(eyes, at)
    return code_sending.send_due(eyes, at)
