"""The hand of a verb: what a desk's verb writes beyond its own rows, once its checks have passed.

Row security lets a post neither write reach nor registers. A verb that was allowed, and that has
seen under the post's own scope whom it is about, writes with the eyes of a job over the whole city.
The post stays in the scope: what is written says who wrote it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from guanjia.kit import scope
from guanjia.places.queries import CITY


@contextmanager
def of_the_register() -> Iterator[None]:
    """Write as the register does, from within a verb."""
    now = scope.current()
    lo, hi = scope.place_range(now.lo[:CITY])
    with scope.hold(replace(now, kind="job", lo=lo, hi=hi)):
        yield
