"""The whole city, household by household: shares of towns, of 户籍, of dormitory beds; lean in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

from guanjia.interop.synthetic import (
    cast,
    children,
    health,
    later,
    lives,
    poor,
    shapes,
    support,
    wealth,
    work,
)
from guanjia.interop.synthetic.draft import Home
from guanjia.interop.synthetic.numbers import Numbers
from guanjia.interop.synthetic.scene import Scene
from guanjia.people.records import NewHousehold


@dataclass(frozen=True, slots=True)
class Town:
    """A town with its census population and the codes of its communities."""

    code: str
    population: int
    communities: tuple[str, ...]


@dataclass(slots=True)
class Stock:
    """How many persons of each sort were made, so that the scene's shares come out."""

    scene: Scene
    local: int = 0
    beds: int = 0
    others: int = 0
    poor: int = 0

    def next(self) -> str:
        """The sort that is furthest behind its share."""
        made = self.local + self.beds + self.others + 1
        behind = {
            "local": self.scene.local - self.local / made,
            "beds": self.scene.beds - self.beds / made,
            "others": 1 - self.scene.local - self.scene.beds - self.others / made,
        }
        return max(behind, key=behind.__getitem__)


def make(scene: Scene, towns: Sequence[Town], residents: int) -> Iterator[NewHousehold]:
    """Households with at least `residents` persons in all, the cast first; same seed, same city."""
    return (home.household for home in homes(scene, towns, residents))


def homes(scene: Scene, towns: Sequence[Town], residents: int) -> Iterator[Home]:
    """The same, with what the makers knew of them."""
    random = Random(scene.seed)  # noqa: S311 - a toy city
    numbers, stock, made = Numbers(scene.area), Stock(scene), 0
    everywhere = [code for town in towns for code in town.communities]
    for home in cast.everybody(numbers, scene.homes, everywhere):
        made += len(home.drafts)
        stock.local += len(home.drafts)
        yield home
    weights = list(accumulate(town.population for town in towns))
    serial = 0
    while made < residents:
        serial += 1
        sort = stock.next()
        town = random.choices(towns, cum_weights=weights)[0]
        home = _home(random, numbers, town, sort, serial, scene.poor)
        _furnish(random, home, stock.poor)
        support.stand_by(Random(f"{scene.seed}/{serial}"), home, scene.rates)  # noqa: S311
        stock.poor += home.poor
        setattr(stock, sort, getattr(stock, sort) + len(home.drafts))
        made += len(home.drafts)
        yield home


def _home(
    random: Random, numbers: Numbers, town: Town, sort: str, serial: int, poor_share: float
) -> Home:
    place = random.choice(town.communities)
    local, is_poor = sort == "local", sort == "local" and random.random() < poor_share
    parts = _parts(random, sort, is_poor)
    hukou = place if random.random() < 0.8 else random.choice(town.communities)
    drafts = lives.enter(random, numbers, parts, local, hukou)
    household = NewHousehold(
        f"{place}-{serial:07d}", place, [d.person for d in drafts], collective=sort == "beds"
    )
    return Home(household, drafts, local, is_poor, village=200 <= int(place[-3:]) < 400)


def _parts(random: Random, sort: str, is_poor: bool) -> list[shapes.Part]:
    if sort == "beds":
        return shapes.bed(random)
    if is_poor:
        return shapes.draw(random, shapes.POOR)
    return shapes.draw(random, shapes.LOCAL if sort == "local" else shapes.ELSEWHERE)


def _furnish(random: Random, home: Home, poor_ones: int) -> None:
    """What the household and its members live on, own, suffer, and what happens to them later.

    `poor_ones`: how many poor families were made before it.
    """
    if home.poor:
        poor.live(random, home, poor_ones)
    else:
        work.earn(random, home)
    if home.local:
        health.fall_ill(random, home)
    wealth.own(random, home)
    if home.poor and any(draft.relation == shapes.GRANDCHILD for draft in home.drafts):
        children.orphan(random, home)
    if home.open_question:
        poor.leave_open(random, home)
    later.go_on(random, home)
