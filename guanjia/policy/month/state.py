"""What a month's result knows beside the results, so that the next month need not look for it."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from guanjia.policy.book import Book
from guanjia.policy.month.cells import Array
from guanjia.policy.month.finding import Span, floor, groups, nothing_refuses
from guanjia.policy.month.news import City
from guanjia.policy.month.outlook import Outlook
from guanjia.policy.month.register import OPEN
from guanjia.policy.month.sheet import Answers, Sheet


@dataclass(slots=True)
class State:
    """`turns`: for each household the number of the month in which an average next decides something.

    OPEN where no month to come does as long as nothing new is recorded. `open`: by benefit the
    households that nothing refuses but what the text alone decides.
    """

    turns: Array
    open: dict[str, Array]

    @classmethod
    def begin(cls, city: City, book: Book, month: date) -> "State":
        """As everybody stands in a month."""
        many = city.register.homes
        state = cls(np.full(many, OPEN, np.int32), {})
        for chapter in book.chapters:
            state.open[chapter.code] = np.zeros(many, bool)
        span, sheet = Span(book, month, month), Sheet()
        least = floor(city, span)
        outlook = Outlook(book, sheet, month, span.back())
        for homes in groups(city, np.arange(many), least):
            answers = Answers(sheet, homes)
            for chapter in outlook.now.chapters:
                open_ = nothing_refuses(answers, outlook.now.by_weight(chapter))
                state.open[chapter.code][homes.at] = open_
            state.turns[homes.at] = outlook.turns(answers)
        return state

    def take(self, outlook: Outlook, answers: Answers) -> None:
        """What the answers say of those who have just been decided."""
        homes = answers.homes
        self.turns[homes.at] = outlook.turns(answers)
        for chapter in outlook.now.chapters:
            open_ = nothing_refuses(answers, outlook.now.by_weight(chapter))
            self.open[chapter.code][homes.at] = open_

    def save(self, folder: Path) -> None:
        """Beside the results of its month."""
        np.save(folder / "turns.npy", self.turns)
        codes = sorted(self.open)
        np.save(folder / "open.npy", np.stack([np.packbits(self.open[code]) for code in codes]))
        (folder / "open.json").write_text(json.dumps(codes), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "State":
        """As it was saved."""
        turns = np.load(folder / "turns.npy")
        bits = np.unpackbits(np.load(folder / "open.npy"), axis=1, count=len(turns)).astype(bool)
        codes = json.loads((folder / "open.json").read_text(encoding="utf-8"))
        return cls(turns, dict(zip(codes, bits, strict=True)))
