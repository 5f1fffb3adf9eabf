"""What may be done with a case: states, and moves as frozen data. Plain Python; no row is read here.

A programme says its own workflow with these words; the engine carries out what it allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

RECEIVED, HANDLING, PAUSED, ANSWERED, CLOSED = (
    *("received", "handling", "paused", "answered", "closed"),
)
STATES = (RECEIVED, HANDLING, PAUSED, ANSWERED, CLOSED)
NEW = ""  # before a case is opened

ACCEPT, CONTACT, FINISH, VISIT = "accept", "contact", "finish", "visit"
CLOCKS = (ACCEPT, CONTACT, FINISH, VISIT)

DESK, CHIEF, BACKSTOP, RESIDENT, SWEEP = "desk", "chief", "backstop", "resident", "sweep"

NOTE, REASON, TO_DESK, UNTIL, TO_CASE = "note", "reason", "desk", "until", "into"

MOST_RETURNS = 3


class NoSuchMove(ValueError):
    """A verb that the workflow does not allow in that state."""


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may be done.

    `sources`: the states in which; `to`: the state after it ('' stays). `who`: desk (it lies there, or
    above it) | chief | backstop | resident | sweep. `needs`: note | reason | desk | until | into.
    `meets` and `starts`: kinds of clocks. `answers`: the asker is answered by its note.
    """

    verb: str
    sources: frozenset[str]
    to: str = ""
    who: frozenset[str] = frozenset({DESK})
    needs: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    answers: bool = False
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """The moves of one kind of case, in the order in which a desk would look for them."""

    kind: str
    moves: tuple[Move, ...] = field(default=())

    def move(self, verb: str, state: str) -> Move:
        """The move of that name in that state. Raises NoSuchMove."""
        found = next((m for m in self.moves if m.verb == verb and state in m.sources), None)
        if found is None:
            raise NoSuchMove(verb, state)
        return found

    def lawful(self, state: str, who: frozenset[str]) -> list[Move]:
        """What these may do in that state."""
        return [m for m in self.moves if state in m.sources and m.who & who]


def flaws(workflow: Workflow) -> list[str]:
    """What is wrong with a workflow; an empty list where nothing is.

    Every way to a closed state passes an answer in its round; every state but the closed one can be
    left; no state is out of reach; a move names states, clocks and needs that exist.
    """
    return [
        *_unknown_words(workflow),
        *_unanswered(workflow),
        *(f"{state} is out of reach" for state in STATES if state not in _reached(workflow)),
        *(
            f"{state} cannot be left"
            for state in STATES
            if state != CLOSED and not any(_leaves(m, state) for m in workflow.moves)
        ),
    ]


def _leaves(move: Move, state: str) -> bool:
    return state in move.sources and move.to not in ("", state)


def _unknown_words(workflow: Workflow) -> Iterator[str]:
    for move in workflow.moves:
        if not move.sources <= {NEW, *STATES} or move.to not in ("", *STATES):
            yield f"{move.verb} names a state that does not exist"
        if not {*move.meets, *move.starts} <= {*CLOCKS}:
            yield f"{move.verb} names a clock that does not exist"
        if not {*move.needs} <= {NOTE, REASON, TO_DESK, UNTIL, TO_CASE} or not move.who:
            yield f"{move.verb} needs what nobody can give"
        if (REASON in move.needs) != bool(move.reasons):
            yield f"{move.verb} asks for a reason and lists none, or lists some and asks for none"
        if move.answers and NOTE not in move.needs:
            yield f"{move.verb} answers without words"


def _unanswered(workflow: Workflow) -> Iterator[str]:
    """Ways from the beginning of a round to its end with no answer among them."""
    over = {ANSWERED, CLOSED}
    # Reopening begins a round: what was answered before does not count in it.
    begins = [m for m in workflow.moves if m.sources & {NEW, *over} and m.to not in over]
    waiting: list[tuple[str, tuple[str, ...]]] = [(m.to, (m.verb,)) for m in begins]
    seen: set[str] = set()
    while waiting:
        state, path = waiting.pop()
        if state in over:
            yield f"{state} without an answer: {' > '.join(path)}"
        elif state not in seen:
            seen.add(state)
            onward = [m for m in workflow.moves if _leaves(m, state) and not m.answers]
            waiting += [(m.to, (*path, m.verb)) for m in onward]


def _reached(workflow: Workflow) -> set[str]:
    found, before = {NEW}, set[str]()
    while found != before:
        before = set(found)
        found |= {m.to for m in workflow.moves if m.sources & before}
    return found
