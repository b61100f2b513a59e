"""Makes `docs/pictures/tour.webp` of the pictures that the journey through the tour took: `make tour-picture`."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from tests.journeys.screen import PICTURES

OUT = Path(__file__).parents[2] / "docs" / "pictures" / "tour.webp"
# Of what is shown in a README; each picture as long as its caption takes to skim.
_SIZE, _SHOWN_MS = (960, 540), 4_500
_QUALITY = 80
_MOST_BYTES = 3_000_000


def make_picture(taken: list[Path], out: Path) -> int:
    """One moving picture of several, in their order; how many bytes it has."""
    frames = [Image.open(file).convert("RGB").resize(_SIZE, Image.Resampling.LANCZOS) for file in taken]
    first, *others = frames
    first.save(
        out,
        save_all=True,
        append_images=others,
        duration=_SHOWN_MS,
        loop=0,
        quality=_QUALITY,
        method=6,
        minimize_size=True,
    )
    return out.stat().st_size


def main() -> None:
    """Write it. The pictures are there when the journey was run before."""
    taken = sorted(PICTURES.glob("tour-*.png"))
    assert taken, f"there are no pictures in {PICTURES}: run tests/journeys/test_tour.py first"
    size = make_picture(taken, OUT)
    assert size < _MOST_BYTES, f"{size:,} bytes"
    print(f"{OUT}: {len(taken)} pictures, {size:,} bytes")


if __name__ == "__main__":
    main()
