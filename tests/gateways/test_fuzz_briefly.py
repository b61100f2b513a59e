"""A short run of the coverage-guided fuzzers; `make fuzz` is the long one."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("atheris", reason="atheris has no wheel for this machine")


@pytest.mark.timeout(300)
def test_no_decoder_breaks_in_a_few_thousand_inputs_that_reach_into_it() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--runs", "2000", "--jobs", "2"],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert run.returncode == 0, run.stdout
    assert run.stdout.count("2,000 inputs") >= 19
