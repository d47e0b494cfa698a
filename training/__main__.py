"""`python -m training {cnn,mlp,numpy-mlp}`: train a network on MNIST and write it as an artifact."""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from recognizer.inference.artifacts import ArtifactError
from recognizer.inference.labelled import LabelledFileError
from training.checkpoints import CheckpointError
from training.cnn import CNN
from training.corrections import read_corrections
from training.distillation import read_teachers, taught
from training.fine_tuning import fine_tuned, read_parent
from training.fitting import Recipe
from training.kinds import Kind
from training.mlp import MLP
from training.mnist import MnistError, read_mnist
from training.networks import native_dtype
from training.numpy_mlp import NUMPY_MLP, SgdRecipe
from training.progress import Progress, ProgressError
from training.training_run import train_artifact
from training.typefaces import FontsMissingError

KINDS = {"cnn": CNN, "mlp": MLP, "numpy-mlp": NUMPY_MLP}
"""What can be trained, by the word for it on the command line."""


ERRORS = (MnistError, ArtifactError, CheckpointError, FontsMissingError, LabelledFileError, ProgressError)
"""What is no fault of the program's; the message says how to mend it."""

Changed = Callable[[Recipe | SgdRecipe], Recipe | SgdRecipe]


def _mixed(**changes: float) -> Changed:
    return lambda recipe: replace(recipe, mixture=replace(recipe.mixture, **changes))


INGREDIENTS: dict[str, Changed] = {
    "augmentation": lambda recipe: recipe.unaltered(),
    "pages": _mixed(pages=0),
    "hands": _mixed(hands=False),
    "fonts": _mixed(fonts=False),
    "negatives": _mixed(negatives_share=0),
}
"""What can be left out of a recipe, by the word for it on the command line."""


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
        "--epochs",
        type=_at_least(1),
        help="passes over the training digits; without it "
        f"{kind.recipe.epochs}, and {kind.fine_tuning.epochs} with --from"
        + (f", {kind.distillation.epochs} with --teachers, --from or not" if kind.distillation else ""),
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
    options.add_argument(
        "--without",
        nargs="+",
        choices=INGREDIENTS,
        default=[],
        help="leave out of what is learnt from, to see what each adds",
    )
    options.add_argument(
        "--labels",
        type=Path,
        metavar="FILE.npz",
        help="learn from these corrections too, as `manage.py export_labels` writes them; those held out only judge",
    )
    options.add_argument(
        "--from",
        dest="parent",
        type=Path,
        metavar="ARTIFACT",
        help="begin with the weights in this artifact's folder; without --teachers, only fine-tune them",
    )
    options.set_defaults(teachers=None)
    if kind.distillation:
        options.add_argument(
            "--teachers",
            type=Path,
            nargs="+",
            metavar="ARTIFACT",
            help="learn, beside the labels, what the networks in these artifacts' folders say together",
        )
    options.add_argument(
        "--progress", type=Path, metavar="FILE", help="tell in this file, as JSON, how far the training has come"
    )
    options.add_argument(
        "--resume", action="store_true", help="go on with an interrupted run, given the options it was begun with"
    )


def _at_least(least: int) -> Callable[[str], int]:
    def whole_number(text: str) -> int:
        number = int(text)
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is too few; {least} is the least")
        return number

    return whole_number


def main(arguments: list[str] | None = None) -> int:
    """Train as told; 0 when an artifact was written, 130 when interrupted."""
    command_line = parser()
    options = command_line.parse_args(arguments)
    if options.teachers and options.labels:
        command_line.error("--labels says what people say and --teachers what networks say: give one of them")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        corrections = read_corrections(options.labels) if options.labels else None
        parent = read_parent(options.parent, KINDS[options.kind]) if options.parent else None
        kind, teachers = as_told(options), None
        if options.teachers:
            teachers = read_teachers(options.teachers, KINDS.values())
            kind = taught(kind, teachers)
        train, test = read_mnist(options.mnist_dir)
        if options.limit:
            train, test = train.take(slice(options.limit)), test.take(slice(options.limit))
        artifact = train_artifact(
            kind,
            train,
            test,
            options.seed,
            options.version,
            options.out,
            _command(options),
            options.resume,
            corrections,
            parent,
            Progress(options.progress),
            teachers,
        )
    except ERRORS as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted. The same command with --resume goes on after the last whole epoch.", file=sys.stderr)
        return 130
    figures = artifact.card["figures"]["mnist_test"]
    print(f"{artifact.folder}: {figures['accuracy']:.2%} of {figures['n']} test digits, {artifact.sha256}")
    return 0


def as_told(options: argparse.Namespace) -> Kind:
    """The kind to train, with the recipe that the options ask for."""
    kind = KINDS[options.kind]
    if options.teachers:
        kind = replace(kind, recipe=kind.distillation)
    elif options.parent:
        kind = fine_tuned(kind)
    fastest = native_dtype() if native_dtype() in kind.precisions else kind.recipe.dtype
    dtype = fastest if options.precision == "auto" else options.precision
    recipe = replace(kind.recipe, epochs=options.epochs or kind.recipe.epochs, dtype=dtype)
    for ingredient in options.without:
        recipe = INGREDIENTS[ingredient](recipe)
    return replace(kind, recipe=recipe)


def _command(options: argparse.Namespace) -> str:
    """What to type to train this again, without the places on this machine."""
    defaults = vars(parser().parse_args([options.kind]))
    told = {name: vars(options)[name] for name in ("epochs", "limit", "precision", "version")}
    words = [f"--{name} {value}" for name, value in told.items() if value != defaults[name]]
    words += [f"--labels {options.labels.name}"] if options.labels else []
    words += [f"--from {options.parent.name}"] if options.parent else []
    words += [f"--teachers {' '.join(folder.name for folder in options.teachers)}"] if options.teachers else []
    if options.without:
        words.append(f"--without {' '.join(options.without)}")
    return " ".join(["python -m training", options.kind, *words, f"--seed {options.seed}"])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to end, it tidies up as when interrupted
    sys.exit(main())
