"""Steps over columns, each done once, and what they come to for some households."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from guanjia.policy import nodes as n
from guanjia.policy.facts import Fact
from guanjia.policy.month.cells import HOME, Array, Cells
from guanjia.policy.month.homes import Homes

Step = int
"""A step's number on its sheet."""
Does = Callable[..., Cells]


class Sheet:
    """Steps: what is done, with what, and the steps whose columns it reads.

    `apart` are steps that another works out itself, by the assessment of one member after another.
    """

    def __init__(self) -> None:
        self.steps: list[tuple[Does, tuple[Any, ...], tuple[Step, ...]]] = []
        self.apart: dict[Step, Step] = {}
        self._known: dict[tuple[Any, ...], Step] = {}
        self._looks_back: dict[int, bool] = {}
        self._uses: dict[frozenset[Step], dict[Step, int]] = {}

    def uses(self, wanted: Iterable[Step]) -> dict[Step, int]:
        """How often each step is read on the way to those that are wanted; these as if without end.

        So are facts that a part reads which is worked out for one member after another.
        """
        asked = frozenset(wanted)
        found = self._uses.get(asked)
        if found is None:
            found = self._uses[asked] = self._counted(asked)
        return found.copy()

    def _counted(self, asked: frozenset[Step]) -> dict[Step, int]:
        found = dict.fromkeys(asked, EVER)
        left = list(asked)
        while left:
            _does, _more, parts = self.steps[left.pop()]
            for part in parts:
                if part not in found:
                    left.append(part)
                found[part] = found.get(part, 0) + 1
        apart = [self.apart[step] for step in found if step in self.apart]
        while apart:
            step = apart.pop()
            if found.get(step, 0) < EVER:
                found[step] = EVER
                apart += self.steps[step][2]
        return found

    def looks_back(self, node: n.Node) -> bool:
        """Whether a part of a text looks back over months, itself or by another chapter's verdict."""
        found = self._looks_back.get(id(node))
        if found is None:
            found = isinstance(node, n.LastMonths | n.OtherRef)
            found = found or any(self.looks_back(part) for part in node.children())
            self._looks_back[id(node)] = found
        return found

    def step(self, does: Does, parts: Sequence[Step] = (), *more: Any) -> Step:
        """The number of a step; the same step is one, however often it is asked for."""
        key = (does, more, tuple(map(type, more)), tuple(parts))  # one is not yes
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = len(self.steps)
            self.steps.append((does, more, tuple(parts)))
        return found


EVER = 1 << 30
"""More often than anything is read."""


class Answers:
    """What the steps of a sheet come to for some households; `given` is the assessment that counts.

    Where it is said which steps are `wanted`, the column of another is let go once it has been read
    for the last time on the way to these: the next column takes its place in the processor's cache.
    `kept` is what steps keep for one another.
    """

    def __init__(
        self,
        sheet: Sheet,
        homes: Homes,
        given: Cells | None = None,
        wanted: Iterable[Step] | None = None,
    ) -> None:
        self.sheet, self.homes, self.given = sheet, homes, given
        self.kept: dict[Any, Any] = {}
        self._left = {} if wanted is None else sheet.uses(wanted)
        self._known: dict[Step, Cells] = {}
        self._doing: Step = 0
        self._marks: dict[Step, Array] = {}
        self._unsure: dict[Step, Array | None] = {}
        self._above: tuple[Answers, Array | None] | None = None
        self._whole: tuple[Answers, Array] | None = None

    def some(self, places: Array) -> "Answers":
        """The same for a few of the households: what is known of all is taken from there."""
        found = Answers(self.sheet, self.homes.some(places))
        found._whole = self, places
        return found

    def _knows(self, step: Step) -> bool:
        return step in self._known or (self._whole is not None and self._whole[0]._knows(step))

    def of(self, step: Step) -> Cells:
        """The column of a step."""
        found = self._known.get(step)
        if found is None and self._knows(step):
            assert self._whole is not None
            found = self._known[step] = self.homes.narrow(self._whole[0].of(step))
        if found is None:
            does, more, parts = self.sheet.steps[step]
            columns = [self.of(part) for part in parts]
            self._doing = step
            found = self._known[step] = does(self, *more, *columns)
            if step in self._left:
                del columns
                self._let_go(parts)
        return found

    def _let_go(self, parts: Sequence[Step]) -> None:
        """The columns of steps that have been read for the last time."""
        for part in parts:
            self._left[part] -= 1
            if not self._left[part]:
                del self._known[part]
                for fact in self.sheet.steps[part][1]:
                    if isinstance(fact, Fact):
                        self.homes.forget(fact)

    def beside(self, given: Cells, places: Array | None = None) -> "Answers":
        """The same, where another assessment counts; or what it comes to for a few of the households."""
        homes = self.homes if places is None else self.homes.some(places)
        found = Answers(self.sheet, homes, given)
        found._above = self, places
        return found

    def mark(self, unsure: Array, level: int) -> None:
        """Of some households or persons it is not sure what the step that is being done comes to."""
        if not unsure.any():
            return
        homes = self.homes.any(unsure, level)
        if self._above is not None:
            above, places = self._above
            if places is not None:
                some, homes = homes, np.zeros(above.homes.count(HOME), bool)
                homes[places] = some
            above.mark(homes, HOME)
            return
        before = self._marks.get(self._doing)
        self._marks[self._doing] = homes if before is None else before | homes

    def unsure(self, step: Step) -> Array | None:
        """Of which households it is not sure what a step, or one that it reads, comes to."""
        if step not in self._unsure and self._whole is not None and self._whole[0]._knows(step):
            whole, places = self._whole
            marks = whole.unsure(step)
            self._unsure[step] = None if marks is None else marks[places]
        if step not in self._unsure:
            found = self._marks.get(step)
            for part in self.sheet.steps[step][2]:
                other = self.unsure(part)
                if other is not None:
                    found = other if found is None else found | other
            self._unsure[step] = found
        return self._unsure[step]
