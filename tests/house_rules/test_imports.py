"""Imports look only downstairs: the contracts hold."""

import subprocess
import sys
from pathlib import Path

from tests.house_rules.reading import CLONE


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=CLONE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout
