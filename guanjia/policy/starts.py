"""From which month a granted benefit is due."""

from datetime import date

from guanjia.kit import days


def first_due(starts: str, applied_on: date, approved_on: date) -> date:
    """The first day of the first month due, by a chapter's `starts`. Raises ValueError.

    "month after approval" (民发〔2021〕57号第二十一条: 次月), "month of application"
    (国发〔2015〕52号), "month of the event" (the event's day stands in `applied_on`).
    """
    if starts == "month after approval":
        return days.add_months(approved_on, 1)
    if starts in ("month of application", "month of the event"):
        return days.add_months(applied_on, 0)
    raise ValueError(f"starts {starts!r} is not known")
