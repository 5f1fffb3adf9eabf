"""What is wrong in the book, and where."""

from dataclasses import dataclass

from guanjia.policy.words import pair


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: the file, the row in it ('' for the whole file), and what is wrong."""

    file: str
    where: str
    text: str

    def __str__(self) -> str:
        return pair(f"{self.file} · {self.where}" if self.where else self.file, self.text)
