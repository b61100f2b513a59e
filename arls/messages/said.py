"""What every message carries: when, who, from which desk; and by what way a thing became known."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

Via = Literal["terminal", "voice", "state_code", "geofence", "desk", "radio", "clock", "queue"]


class Said(msgspec.Struct, frozen=True, kw_only=True, tag=True, tag_field="message", omit_defaults=True):
    """What every message carries: when (UTC), who, from which desk."""

    at: datetime
    operator: str
    desk: str
