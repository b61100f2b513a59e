"""The pictures of docs/guide.md, from those that the screen's tests made: `python -m tests.guide`, or `make guide`.

Each is packed again without loss. One that is missing or too large to be kept is named, and nothing is changed then.
"""

from __future__ import annotations

import re
import struct
import sys
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GUIDE, KEPT = ROOT / "docs" / "guide.md", ROOT / "docs" / "guide"
MADE = ROOT / "build" / "pictures"
LIMIT = 400_000  # bytes of a picture: it stays in the history for good
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def named_in(text: str) -> list[str]:
    """The pictures that a guide shows, in its order."""
    return re.findall(r"!\[[^\]]+\]\(guide/([a-z0-9-]+)\.png\)", text)


def packed(png: bytes) -> bytes:
    """The same picture, its data packed as tightly as zlib can and everything that is not seen left out."""
    seen, data, at = [], b"", len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length
        if kind == b"IDAT":
            data += body
        elif kind.isupper() and kind != b"IEND":  # the critical ones: what others say is not needed to see it
            seen.append((kind, body))
    tight = zlib.compress(zlib.decompress(data), 9)
    chunks = [*seen, (b"IDAT", min(tight, data, key=len)), (b"IEND", b"")]
    return SIGNATURE + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def main() -> None:
    names = named_in(GUIDE.read_text(encoding="utf-8"))
    missing = [name for name in names if not (MADE / f"{name}.png").exists()]
    if missing:
        sys.exit(f"no test has made {', '.join(missing)}: run `make test` first")
    pictures = {name: packed((MADE / f"{name}.png").read_bytes()) for name in names}
    large = [f"{name} ({len(png):,} bytes)" for name, png in pictures.items() if len(png) > LIMIT]
    if large:
        sys.exit(f"larger than {LIMIT:,} bytes: {', '.join(large)}")
    KEPT.mkdir(exist_ok=True)
    for old in KEPT.glob("*.png"):
        old.unlink()
    for name, png in pictures.items():
        (KEPT / f"{name}.png").write_bytes(png)
        print(f"{name}: {len(png):,} bytes")


if __name__ == "__main__":
    main()
