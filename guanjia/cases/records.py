"""What a move is made with: who makes it, what comes along, what a new case is opened with."""

from dataclasses import dataclass
from datetime import date, datetime, time

from guanjia.cases import queries
from guanjia.cases.calendar import DAY
from guanjia.cases.models import Case, Who
from guanjia.cases.promises import Promises
from guanjia.cases.workflow import RESIDENT
from guanjia.kit.days import SHANGHAI
from guanjia.staff.models import Post, User


@dataclass(frozen=True, slots=True)
class By:
    """Who makes a move: a user in a post, or the asker."""

    user: User | None = None
    post: Post | None = None

    @property
    def who(self) -> Who:
        """On which side of the desk."""
        return Who.RESIDENT if self.user is None else Who.STAFF

    def standing(self, case: Case) -> frozenset[str]:
        """What they are to the case."""
        return frozenset({RESIDENT}) if self.post is None else queries.standing(self.post, case)


ASKER = By()


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with a move: words, a reason from the list, the place whose desk is to have it, a day,
    the number of the case that it joins.
    """

    note: str = ""
    reason: str = ""
    desk: str = ""
    until: date | None = None
    into: int | None = None


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be opened: where it stands, whose desk has it, its asker's key, its promise."""

    place: str
    desk: str
    track: str
    promise: str


NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Doing:
    """A move in the making: by whom, when, with what, under which promises."""

    promises: Promises
    by: By
    at: datetime
    given: Given = NOTHING


def end_of(on: date) -> datetime:
    """24:00 of a day in the city."""
    return datetime.combine(on + DAY, time(), SHANGHAI)
