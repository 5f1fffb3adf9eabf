"""Steps over columns, each done once, and what they come to for some households."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from guanjia.policy import nodes as n
from guanjia.policy.month.cells import HOME, Array, Cells
from guanjia.policy.month.homes import Homes

Step = int
"""A step's number on its sheet."""
Does = Callable[..., Cells]


class Sheet:
    """Steps: what is done, with what, and the steps whose columns it reads."""

    def __init__(self) -> None:
        self.steps: list[tuple[Does, tuple[Any, ...], tuple[Step, ...]]] = []
        self._known: dict[tuple[Any, ...], Step] = {}
        self._looks_back: dict[int, bool] = {}

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


class Answers:
    """What the steps of a sheet come to for some households; `given` is the assessment that counts."""

    def __init__(self, sheet: Sheet, homes: Homes, given: Cells | None = None) -> None:
        self.sheet, self.homes, self.given = sheet, homes, given
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
        return found

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
