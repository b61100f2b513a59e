"""Every bench, one after the other: `make bench`, or `python -m tests.bench search ingest` for some.

Each asserts its answers before it prints a time, and times its peer in the same run.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all by default")
    wanted = parser.parse_args().names or NAMES
    unknown = sorted(set(wanted) - set(NAMES))
    if unknown:
        parser.error(f"there is no bench {', '.join(unknown)}; there are {', '.join(NAMES)}")
    sys.argv = sys.argv[:1]
    for name in wanted:
        print(f"--- {name}", flush=True)
        importlib.import_module(f"tests.bench.bench_{name}").main()


if __name__ == "__main__":
    main()
