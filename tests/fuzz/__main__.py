"""Coverage-guided fuzzing of every decoder: `make fuzz`, or `python -m tests.fuzz --runs 20000 taip nmea0183`.

libFuzzer (by atheris) grows inputs that reach new code, from the messages of the vector files on. A decoder may answer
with messages and faults and with nothing else: an exception, a hang, an allocation by a length it was told or a
position that cannot be ends the run, and the input is left in `build/fuzz` to be looked at.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz.dialect import FUZZED, seeds_of

HOME = Path("build/fuzz")
# What a decoder may do with one input: libFuzzer's own counts, in seconds and in megabytes.
TIMEOUT_S = 10
RSS_MB = 1_024
MALLOC_MB = 64
MOST_OCTETS = 4_096


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("dialects", nargs="*", metavar="DIALECT", help=f"of {', '.join(FUZZED)}; all by default")
    parser.add_argument("--runs", type=int, default=1_000_000, help="inputs to each (%(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="decoders at once (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the mutations (%(default)s)")
    said = parser.parse_args()
    unknown = sorted(set(said.dialects) - set(FUZZED))
    if unknown:
        parser.error(f"there is no decoder {', '.join(unknown)}; there are {', '.join(FUZZED)}")
    with ThreadPoolExecutor(said.jobs) as workers:
        codes = workers.map(lambda name: _fuzz(name, said.runs, said.seed), said.dialects or FUZZED)
    return max(codes)


def _fuzz(name: str, runs: int, seed: int) -> int:
    corpus, log = HOME / name, HOME / f"{name}.log"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, octets in enumerate(seeds_of(name)):
        (corpus / f"vector-{number:04d}").write_bytes(octets)
    limits = (f"-timeout={TIMEOUT_S}", f"-rss_limit_mb={RSS_MB}", f"-malloc_limit_mb={MALLOC_MB}")
    options = (f"-runs={runs}", f"-seed={seed}", f"-max_len={MOST_OCTETS}", f"-artifact_prefix={HOME}/{name}-")
    command = [sys.executable, "-m", "tests.fuzz.dialect", name, *limits, *options, str(corpus)]
    began_s = time.monotonic()
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=False).returncode
    took_s = time.monotonic() - began_s
    said = f"{runs:,} inputs, {took_s:.0f} s" if code == 0 else f"FAILED: see {log}"
    print(f"{name:20} {said}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
