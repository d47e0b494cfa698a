"""`python -m tests.recognizer.learning.fake_training WAY…`: takes what the training command takes and pretends.

WAY: `succeeds` hands the begun-with network on under the new version; `fails` as without MNIST; `hangs` for ten
minutes, with a child of its own, as a long training does; `resists` being asked to end as well.
"""

import argparse
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from recognizer.inference.artifacts import read_artifact, write_artifact
from recognizer.inference.labelled import read_labelled

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("way")
    options.add_argument("kind")
    for name in ("labels", "from", "out", "progress"):
        options.add_argument(f"--{name}", type=Path)
    for name in ("version", "seed", "epochs"):
        options.add_argument(f"--{name}")
    told = options.parse_args()
    told.progress.write_text(json.dumps({"step": "epoch 1 of 2", "progress": 0.5, "figures": {}}))
    print(f"learning from {len(read_labelled(told.labels))} glyphs", flush=True)
    if told.way == "fails":
        print("MNIST is not there. Set MNIST_DIR.", file=sys.stderr)
        return 1
    if told.way in ("hangs", "resists"):
        if told.way == "resists":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        child = subprocess.Popen(SLEEP)
        (told.out / "child.pid").write_text(str(child.pid))
        time.sleep(600)
    begun_with = read_artifact(vars(told)["from"])
    weights = begun_with.model_path.read_bytes()
    kind = told.kind.replace("-", "_")
    write_artifact(
        told.out / f"{kind}-{told.version}",
        begun_with.card | {"version": told.version},
        lambda path: path.write_bytes(weights),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
