"""From which month a granted benefit is due, and how long a single payment stands for its event."""

from datetime import date

from guanjia.kit import days
from guanjia.policy.chapter import Chapter

TERM = "award_months"
"""The figure of a chapter paid once: so many months no second award is needed for the same event."""


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


def ends(chapter: Chapter, since: date) -> date | None:
    """The day on which an award of this chapter ends by itself; None where only the office ends it.

    What is paid once stays in force for its term, so that the same event is not helped twice.
    """
    term = chapter.figure_on(TERM, since) if chapter.cadence == "once" else None
    return days.add_months(since, term.value) if term else None
