"""`python -m training cnn`: train a network on MNIST and write it as an artifact."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from recognizer.inference.artifacts import ArtifactError
from training.cnn import train_cnn
from training.fitting import Recipe
from training.mnist import MnistError, read_mnist
from training.networks import native_dtype


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    kinds = top.add_subparsers(dest="kind", required=True, metavar="KIND")
    cnn = kinds.add_parser(
        "cnn",
        help="the convolutional network that the site ships (some 30 minutes on two cores)",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    cnn.add_argument("--seed", type=int, default=1, help="of every random choice")
    cnn.add_argument("--epochs", type=_at_least(1), default=Recipe.epochs, help="passes over the training digits")
    cnn.add_argument("--out", type=Path, default=Path("var/models"), help="folder for the new artifact's folder")
    cnn.add_argument("--version", default="1", help="names the artifact: cnn-VERSION")
    cnn.add_argument(
        "--mnist-dir",
        type=Path,
        default=os.environ.get("MNIST_DIR") or None,
        help="folder of the four original MNIST files; without it MNIST_DIR, else Keras downloads them",
    )
    cnn.add_argument("--limit", type=_at_least(60), help="use only so many training and test digits, to try things out")
    cnn.add_argument(
        "--precision",
        choices=["auto", "float32", "mixed_bfloat16"],
        default="auto",
        help="arithmetic while fitting; auto takes bfloat16 where the processor has it (saved is float32)",
    )
    return top


def _at_least(least: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is too few; {least} is the least")
        return number

    return whole_number


def main(arguments: list[str] | None = None) -> int:
    """Train as told; 0 when an artifact was written."""
    options = parser().parse_args(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        train, test = read_mnist(options.mnist_dir)
        if options.limit:
            train, test = train.take(slice(options.limit)), test.take(slice(options.limit))
        dtype = native_dtype() if options.precision == "auto" else options.precision
        recipe = Recipe(epochs=options.epochs, dtype=dtype)
        artifact = train_cnn(train, test, recipe, options.seed, options.version, options.out, _command(options))
    except (MnistError, ArtifactError) as error:
        print(error, file=sys.stderr)
        return 1
    figures = artifact.card["figures"]["mnist_test"]
    print(f"{artifact.folder}: {figures['accuracy']:.2%} of {figures['n']} test digits, {artifact.sha256}")
    return 0


def _command(options: argparse.Namespace) -> str:
    """What to type to train this again, without the places on this machine."""
    defaults = vars(parser().parse_args([options.kind]))
    told = {name: vars(options)[name] for name in ("epochs", "limit", "precision", "version")}
    words = [f"--{name} {value}" for name, value in told.items() if value != defaults[name]]
    return " ".join(["python -m training", options.kind, *words, f"--seed {options.seed}"])


if __name__ == "__main__":
    sys.exit(main())
