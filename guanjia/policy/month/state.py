"""What a month's result knows beside the results, so that the next month need not look for it."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from guanjia.policy.book import Book
from guanjia.policy.month.cells import Array
from guanjia.policy.month.finding import MAYBE, SURELY, Span, floor, groups, standing
from guanjia.policy.month.news import City
from guanjia.policy.month.outlook import Outlook
from guanjia.policy.month.register import OPEN
from guanjia.policy.month.sheet import Answers, Sheet


@dataclass(slots=True)
class State:
    """`turns`: for each household the number of the month in which an average next decides something.

    OPEN where no month to come does as long as nothing new is recorded. `standing`: by benefit, how
    each stands by all sentences but those that the text alone decides (see finding.standing).
    """

    turns: Array
    standing: dict[str, Array]

    @classmethod
    def begin(cls, city: City, book: Book, month: date) -> "State":
        """As everybody stands in a month."""
        many = city.register.homes
        state = cls(np.full(many, OPEN, np.int32), {})
        for chapter in book.chapters:
            state.standing[chapter.code] = np.zeros(many, np.uint8)
        span, sheet = Span(book, month, month), Sheet()
        least = floor(city, span)
        outlook = Outlook(book, sheet, month, span.back())
        for homes in groups(city, np.arange(many), least):
            state.take(outlook, Answers(sheet, homes, wanted=outlook.wanted(homes)))
        return state

    def take(self, outlook: Outlook, answers: Answers) -> None:
        """What the answers say of those who have just been decided."""
        homes = answers.homes
        self.turns[homes.at] = outlook.turns(answers)
        for chapter in outlook.now.chapters:
            found = standing(answers, outlook.now.by_weight(chapter))
            self.standing[chapter.code][homes.at] = found

    def save(self, folder: Path) -> None:
        """Beside the results of its month."""
        np.save(folder / "turns.npy", self.turns)
        codes = sorted(self.standing)
        bits = [
            [np.packbits(self.standing[code] >= least) for least in (MAYBE, SURELY)]
            for code in codes
        ]
        np.save(folder / "standing.npy", np.array(bits))
        (folder / "standing.json").write_text(json.dumps(codes), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "State":
        """As it was saved."""
        turns, packed = np.load(folder / "turns.npy"), np.load(folder / "standing.npy")
        codes = json.loads((folder / "standing.json").read_text(encoding="utf-8"))
        found = {}
        for code, of_code in zip(codes, packed, strict=True):
            maybe, surely = np.unpackbits(of_code, axis=1, count=len(turns))
            found[code] = maybe + surely
        return cls(turns, found)
