"""No property is timed, and in CI each draws the same examples at every run.

On a busy machine a deadline fails what is right. A new example belongs to whoever changes the code, on their own
machine, where the draw is free; CI must say the same of the same commit.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("untimed", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("untimed")
