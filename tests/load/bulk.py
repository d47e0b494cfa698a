"""`python -m tests.load.bulk`: how many pictures a second come through the whole door, and where their time goes.

In one process, as a worker reads a batch: bytes are decoded, read and stored, with their files and rows, in a database
and a folder that are gone afterwards. What a step waits for, as for the disk, is in its ms and not in its CPU ms.
"""

import argparse
import io
import os
import tempfile
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from tests.load.stopwatch import Stopwatch
from tests.own_site import OwnSite
from tests.pictures import encoded, page_with, png_of

STEPS = {
    "recognizer.recognition.decode": "decode",
    "recognizer.imaging.segmentation.even_out": "light",
    "recognizer.imaging.segmentation.stretch": "light",
    "recognizer.imaging.segmentation.remove_ruling": "ruling",
    "recognizer.inference.reading.find_marks": "marks",
    "recognizer.inference.reading.find_candidates": "candidates",
    "recognizer.imaging.candidates.normalize": "normalization",
    "recognizer.inference.predictor.Predictor.predict": "network",
    "recognizer.inference.reading._decided": "arbitration",
    "recognizer.recognition.encode_png": "encode",
    "recognizer.recognition.encode_thumbnail": "encode",
    "recognizer.recognition._save_files": "file",
    "recognizer.recognition.write_rows": "rows",
    "django.db.backends.base.base.BaseDatabaseWrapper.commit": "commit",
}
"""Which functions each step is made of."""
TO_VERDICT = {"decode", "light", "ruling", "marks", "candidates", "normalization", "network", "arbitration"}
REST = "all else"


def drawn(number: int) -> bytes:
    """Return a drawn digit as a PNG of 280×280."""
    return png_of(str(number % 10), pen=14 + number % 8)


def photographed(number: int) -> bytes:
    """Return four digits on unevenly lit paper as a JPEG of 1600×1200."""
    text = page_with(f"{1000 + 37 * number % 9000}", side=320, pen=16) / np.float32(255)
    light = np.linspace(235, 150, 1600) - np.linspace(0, 20, 1200)[:, np.newaxis]
    light[440:760, 160:1440] *= 0.25 + 0.75 * text
    noise = np.random.default_rng(number).normal(0, 3, light.shape)
    return encoded(np.clip(light + noise, 0, 255).astype(np.uint8), "JPEG", quality=85)


PICTURES: dict[str, Callable[[int], bytes]] = {"drawn digits of 280×280": drawn, "photographed numbers": photographed}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=800, help="of each sort (default: 800)")
    parser.add_argument("--at-once", type=int, default=16, help="read and stored together (default: 16, as a worker)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        for sort, make in PICTURES.items():
            pictures = [make(number) for number in range(arguments.pictures)]
            keep(pictures[: arguments.at_once])  # the first call of anything is slower
            watch = Stopwatch()
            with watch.watching(STEPS):
                for start in range(0, len(pictures), arguments.at_once):
                    with watch.step(REST):
                        keep(pictures[start : start + arguments.at_once])
            print(f"\n{len(pictures)} {sort}, {arguments.at_once} at once, one process")
            report(watch, len(pictures))


def set_up(folder: Path) -> None:
    """Make this process one of a fresh site in the folder, its networks loaded."""
    os.environ.update(OwnSite(folder).environment)
    import django

    django.setup()
    from django.core.management import call_command

    from recognizer import registry

    call_command("migrate", verbosity=0)
    call_command("register_models", stdout=io.StringIO())
    registry.warm_up()


def keep(pictures: list[bytes]) -> None:
    """Read the pictures together and store them."""
    from recognizer.owners import Owner
    from recognizer.recognition import Recognized, recognize_many

    given = [("7.png", partial(bytes, picture)) for picture in pictures]
    kept = []

    def record(outcomes: list) -> list:
        kept.extend(outcomes)
        return outcomes

    recognize_many(given, record=record, owner=Owner(visitor=uuid.uuid4()), source="batch", may_train=False)
    assert all(isinstance(outcome, Recognized) for outcome in kept), "A picture was refused."


def report(watch: Stopwatch, pictures: int) -> None:
    """Print pictures a second to the verdict and to the disk, and each step's share, in the order of the work."""
    to_verdict = sum(watch.taken[name].seconds for name in TO_VERDICT)
    print(f"to the verdict {pictures / to_verdict:.0f} a second, stored {pictures / watch.seconds:.0f} a second\n")
    print(f"{'step':<16}{'ms':>8}{'CPU ms':>9}{'%':>7}")
    for name in dict.fromkeys((*STEPS.values(), REST)):
        taken = watch.taken[name]
        each_ms, cpu_ms = (1000 * seconds / pictures for seconds in (taken.seconds, taken.cpu_seconds))
        print(f"{name:<16}{each_ms:>8.2f}{cpu_ms:>9.2f}{100 * taken.seconds / watch.seconds:>7.1f}")


if __name__ == "__main__":
    main()
