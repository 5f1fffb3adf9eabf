"""Document and account numbers that are well formed and belong to nobody."""

from collections import Counter
from datetime import date
from random import Random

from guanjia.people.documents import check_digit

AREAS = tuple(
    str(code)
    for code in (
        *(430421, 430524, 430481, 431021, 450881, 450923, 450481, 445281, 440981, 440882),
        *(441402, 441622, 511321, 511621, 421083, 421127, 360730, 360830, 362227, 411528),
        *(411724, 520221, 522422, 500234, 341221, 610721, 530621, 350524),
    )
)
HONG_KONG = "810000"
BANK = "621467"


class Numbers:
    """Hands out each citizen number once."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._given: Counter[tuple[str, date, str]] = Counter()

    def citizen(self, random: Random, born_on: date, sex: str, local: bool) -> str:
        """18 digits: area, birth date, order (odd for men), check digit."""
        return (
            self.local(born_on, sex) if local else self.of_area(random.choice(AREAS), born_on, sex)
        )

    def local(self, born_on: date, sex: str) -> str:
        """A fresh number of the city's own area."""
        return self.of_area(self._area, born_on, sex)

    def of_area(self, area: str, born_on: date, sex: str) -> str:
        """A fresh number of this area; a day that is full passes on to the next area code."""
        key = (area, born_on, sex)
        count = self._given[key]
        self._given[key] += 1
        if count >= 450:
            return self.of_area(str(int(area) + 1), born_on, sex)
        first = f"{area}{born_on:%Y%m%d}{2 * count + 1 + (sex == '2'):03d}"
        return first + check_digit(first)


def account(random: Random) -> str:
    """19 digits that end with a Luhn check digit."""
    first = f"{BANK}{random.randrange(10**12):012d}"
    return first + luhn(first)


def luhn(digits: str) -> str:
    """The check digit that bank cards append."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        number = int(sign) * (2 - place % 2)
        total += number - 9 * (number > 9)
    return str(-total % 10)
