"""What a month's result knows beside the results, so that the next month need not look for it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from guanjia.policy.book import Book
from guanjia.policy.city.layout import no_result
from guanjia.policy.month.cells import Array
from guanjia.policy.month.finding import Span, floor, groups, standing
from guanjia.policy.month.news import City
from guanjia.policy.month.outlook import Outlook
from guanjia.policy.month.register import OPEN
from guanjia.policy.month.sheet import Answers, Sheet


@dataclass(slots=True)
class State:
    """`turns`: for each household the number of the month in which an average next decides something.

    OPEN where no month to come does as long as nothing new is recorded. `standing`: of each household
    how it stands with the benefits of these `codes` by all sentences but those that the text alone
    decides (see finding.standing): two bits a benefit, sixteen benefits a word.
    """

    turns: Array
    codes: tuple[str, ...]
    standing: Array

    @classmethod
    def begin(cls, city: City, book: Book, month: date) -> "State":
        """As everybody stands in a month."""
        many, codes = city.register.homes, tuple(chapter.code for chapter in book.chapters)
        words = np.zeros((-(-len(codes) // A_WORD), many), np.uint32)
        state = cls(np.full(many, OPEN, np.int32), codes, words)
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
        words = self.standing.take(homes.at, axis=1)
        for chapter in outlook.now.chapters:
            found = standing(answers, outlook.now.by_weight(chapter))
            word, shift = self._spot(chapter.code)
            words[word] &= ~np.uint32(3 << shift)
            words[word] |= found.astype(np.uint32) << shift
        self.standing[:, homes.at] = words

    def _spot(self, code: str) -> tuple[int, int]:
        """In which word a benefit's bits are, and how far up."""
        word, place = divmod(self.codes.index(code), A_WORD)
        return word, 2 * place

    def of(self, code: str, words: Array) -> Array:
        """How households stand with a benefit, by their words."""
        word, shift = self._spot(code)
        found: Array = (words[word] >> shift) & np.uint32(3)
        return found

    def set(self, code: str, at: Array, found: Array) -> None:
        """Write down how households at these places stand with a benefit."""
        word, shift = self._spot(code)
        words = self.standing[word]
        words[at] = (words.take(at) & ~np.uint32(3 << shift)) | (found.astype(np.uint32) << shift)

    def stands(self, codes: Iterable[str]) -> Array:
        """The households that nothing refuses one of these benefits but what the text alone decides."""
        found = np.zeros(len(self.turns), bool)
        for word, shift in map(self._spot, codes):
            found |= self.standing[word] & np.uint32(3 << shift) != 0
        return found

    def save(self, folder: Path) -> None:
        """Beside the results of its month."""
        np.save(folder / "turns.npy", self.turns)
        np.save(folder / "standing.npy", self.standing)
        (folder / INDEX).write_text(json.dumps(self.codes), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "State":
        """As it was saved. Raises BadSnapshot."""
        try:
            codes = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            turns, words = (np.load(folder / f"{name}.npy") for name in ("turns", "standing"))
        except (OSError, ValueError):
            raise no_result(folder, INDEX) from None
        return cls(turns, tuple(codes), words)


INDEX = "standing.json"
"""Written last."""
A_WORD = 16
"""Benefits that a word has room for."""
