"""Every measurement runs at a hundredth and is right; bounds count at full size alone."""

import pytest

from bench import all as benchmarks
from tests.house_rules.reading import CLONE

pytestmark = pytest.mark.slow


def test_every_measurement_is_told_of() -> None:
    page = (CLONE / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert benchmarks.programs()
    for program in benchmarks.programs():
        assert f"bench/{program}.py" in page


@pytest.mark.parametrize("program", benchmarks.programs())
def test_a_measurement_is_right_at_a_hundredth(program: str) -> None:
    result = benchmarks.measure(program, 0.01)
    assert result["ok"], result
    assert set(result["bounds"]) <= set(result["figures"])
