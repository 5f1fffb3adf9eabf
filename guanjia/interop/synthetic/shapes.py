"""Who lives together: shapes of households as lists of part, sex and age."""

from collections.abc import Callable
from random import Random
from typing import TypeVar

T = TypeVar("T")
Part = tuple[str, str, int]
"""Relation to head (GB/T 4761), sex ('1' man, '2' woman), age in completed years."""
Shape = Callable[[Random], list[Part]]

HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT = "0", "1", "2", "3", "4", "5"
MAN, WOMAN = "1", "2"


def couple(random: Random, low: int, high: int) -> list[Part]:
    """A man at the head and his wife, a few years younger."""
    age = random.randint(low, high)
    return [(HEAD, MAN, age), (SPOUSE, WOMAN, max(20, age - random.randint(-2, 6)))]


def children(random: Random, mother: int, most: int) -> list[Part]:
    """One to `most` children of a mother of this age, none older than 22."""
    count = 1 if random.random() < 0.55 else random.randint(1, most)
    born = [random.randint(20, 36) for _ in range(count)]
    ages = sorted({min(22, max(0, mother - age)) for age in born}, reverse=True)
    sexes = [MAN if random.random() < 0.53 else WOMAN for _ in ages]
    return [
        (SON if sex == MAN else DAUGHTER, sex, age) for sex, age in zip(sexes, ages, strict=True)
    ]


def three_generations(random: Random) -> list[Part]:
    """Parents with children and one or two of the grandparents."""
    home = with_children(random)
    old = home[0][2] + random.randint(22, 31)
    home.append((PARENT, WOMAN, min(99, old - 2)))
    if random.random() < 0.5:
        home.append((PARENT, MAN, min(97, old + 1)))
    return home


def with_children(random: Random) -> list[Part]:
    """A couple with children."""
    pair = couple(random, 27, 50)
    return pair + children(random, pair[1][2], 3)


def young_couple(random: Random) -> list[Part]:
    """A couple without children at home."""
    return couple(random, 22, 55)


def old_couple(random: Random) -> list[Part]:
    """Two elders."""
    return couple(random, 62, 86)


def old_alone(random: Random) -> list[Part]:
    """An elder alone, mostly a widow; one in forty is close to a hundred or past it."""
    sex = WOMAN if random.random() < 0.68 else MAN
    age = (
        random.randint(97, 103)
        if random.random() < 0.025
        else 61 + int(random.betavariate(2, 3) * 37)
    )
    return [(HEAD, sex, age)]


def one_parent(random: Random) -> list[Part]:
    """A parent with children."""
    sex = WOMAN if random.random() < 0.75 else MAN
    age = random.randint(27, 50)
    return [(HEAD, sex, age), *children(random, age, 2)]


def alone(random: Random) -> list[Part]:
    """One adult."""
    return [(HEAD, MAN if random.random() < 0.66 else WOMAN, _working(random))]


def bed(random: Random) -> list[Part]:
    """A dormitory bed: one young worker."""
    return [(HEAD, MAN if random.random() < 0.72 else WOMAN, _working(random, 17))]


def mates(random: Random) -> list[Part]:
    """Two who share a flat."""
    return [
        (HEAD, MAN if random.random() < 0.6 else WOMAN, _working(random)),
        ("8", MAN, _working(random)),
    ]


def child_of_grandmother(random: Random) -> list[Part]:
    """A grandmother who brings up a child."""
    return [(HEAD, WOMAN, random.randint(58, 76)), (GRANDCHILD, MAN, random.randint(3, 15))]


def _working(random: Random, low: int = 18) -> int:
    return low + int(random.betavariate(1.5, 2.6) * (58 - low))


LOCAL: tuple[tuple[Shape, float], ...] = (
    (three_generations, 0.24),
    (with_children, 0.38),
    (young_couple, 0.09),
    (old_couple, 0.07),
    (old_alone, 0.07),
    (alone, 0.09),
    (one_parent, 0.06),
)
ELSEWHERE: tuple[tuple[Shape, float], ...] = (
    (alone, 0.54),
    (young_couple, 0.21),
    (with_children, 0.165),
    (three_generations, 0.02),
    (old_couple, 0.015),
    (one_parent, 0.02),
    (mates, 0.03),
)
POOR: tuple[tuple[Shape, float], ...] = (
    (old_alone, 0.27),
    (old_couple, 0.13),
    (one_parent, 0.18),
    (with_children, 0.17),
    (alone, 0.15),
    (three_generations, 0.06),
    (child_of_grandmother, 0.04),
)


def weighted(random: Random, stock: tuple[tuple[T, float], ...]) -> T:
    """One of the stock, by weight."""
    at = random.random() * sum(weight for _, weight in stock)
    last = stock[-1][0]
    return next((value for value, weight in stock if (at := at - weight) < 0), last)


def draw(random: Random, stock: tuple[tuple[Shape, float], ...]) -> list[Part]:
    """The parts of one household of this stock."""
    return weighted(random, stock)(random)
