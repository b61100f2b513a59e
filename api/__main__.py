"""`python -m api` is `arls`."""

from __future__ import annotations

from api.cli import main

main()
