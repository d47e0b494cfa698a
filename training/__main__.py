"""`python -m training {cnn,mlp,numpy-mlp}`: train a network on MNIST and write it as an artifact."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from recognizer.inference.artifacts import ArtifactError
from training.cnn import CNN
from training.kinds import Kind
from training.mlp import MLP
from training.mnist import MnistError, read_mnist
from training.networks import native_dtype
from training.numpy_mlp import NUMPY_MLP
from training.training_run import train_artifact

KINDS = {"cnn": CNN, "mlp": MLP, "numpy-mlp": NUMPY_MLP}
"""What can be trained, by the word for it on the command line."""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    words = top.add_subparsers(dest="kind", required=True, metavar="KIND")
    for word, kind in KINDS.items():
        formatter = argparse.ArgumentDefaultsHelpFormatter
        _add_options(words.add_parser(word, help=kind.help, formatter_class=formatter), kind)
    return top


def _add_options(options: argparse.ArgumentParser, kind: Kind) -> None:
    options.add_argument("--seed", type=int, default=1, help="of every random choice")
    options.add_argument(
        "--epochs", type=_at_least(1), default=kind.recipe.epochs, help="passes over the training digits"
    )
    options.add_argument("--out", type=Path, default=Path("var/models"), help="folder for the new artifact's folder")
    options.add_argument("--version", default="1", help=f"names the artifact: {kind.name}-VERSION")
    options.add_argument(
        "--mnist-dir",
        type=Path,
        default=os.environ.get("MNIST_DIR") or None,
        help="folder of the four original MNIST files; without it MNIST_DIR, else Keras downloads them",
    )
    options.add_argument(
        "--limit", type=_at_least(60), help="use only so many training and test digits, to try things out"
    )
    options.add_argument(
        "--precision",
        choices=["auto", *kind.precisions],
        default="auto",
        help="arithmetic while fitting; auto takes bfloat16 where network and processor can (saved is float32)",
    )


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
        kind = _as_told(options)
        artifact = train_artifact(kind, train, test, options.seed, options.version, options.out, _command(options))
    except (MnistError, ArtifactError) as error:
        print(error, file=sys.stderr)
        return 1
    figures = artifact.card["figures"]["mnist_test"]
    print(f"{artifact.folder}: {figures['accuracy']:.2%} of {figures['n']} test digits, {artifact.sha256}")
    return 0


def _as_told(options: argparse.Namespace) -> Kind:
    """The kind to train, with the recipe that the options ask for."""
    kind = KINDS[options.kind]
    fastest = native_dtype() if native_dtype() in kind.precisions else kind.recipe.dtype
    dtype = fastest if options.precision == "auto" else options.precision
    return replace(kind, recipe=replace(kind.recipe, epochs=options.epochs, dtype=dtype))


def _command(options: argparse.Namespace) -> str:
    """What to type to train this again, without the places on this machine."""
    defaults = vars(parser().parse_args([options.kind]))
    told = {name: vars(options)[name] for name in ("epochs", "limit", "precision", "version")}
    words = [f"--{name} {value}" for name, value in told.items() if value != defaults[name]]
    return " ".join(["python -m training", options.kind, *words, f"--seed {options.seed}"])


if __name__ == "__main__":
    sys.exit(main())
