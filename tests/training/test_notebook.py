"""The notebook runs from end to end, on a handful of digits; and what is committed is a whole run."""

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from training import mnist

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "training" / "training.ipynb"

MADE_UP_MNIST = "import sys\nsys.path.insert(0, {root!r})\nfrom training import mnist\nmnist.CHECKSUMS = {checksums!r}"

FACTS = """
import json
print(json.dumps({
    "fast": FAST,
    "sizes": [len(train), len(validation), len(test)],
    "gradient_error": gradient_error,
    "downhill": [float(loss), float(min(after)), float(after[0])],
    "beginner": plain_accuracies,
    "better": better_accuracies,
    "losses": [plain_losses[0], plain_losses[-1], better_losses[-1]],
    "epochs": [len(fitted.history) for fitted in (numpy_mlp, mlp, cnn)],
    "accuracy": accuracy,
    "temperature": temperature,
    "errors": errors,
    "recognised": recognised,
    "lost": lost,
    "misses": len(misses),
    "framed": [prediction.digit, prediction.verdict],
}))
"""


@pytest.fixture
def facts(mnist_dir, monkeypatch):
    """What a fast run of the whole notebook computed, from the MNIST made on the spot."""
    monkeypatch.setenv("NOTEBOOK_FAST", "1")
    monkeypatch.setenv("MNIST_DIR", str(mnist_dir))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    before = MADE_UP_MNIST.format(root=str(ROOT), checksums=mnist.CHECKSUMS)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(before))
    notebook.cells.append(nbformat.v4.new_code_cell(FACTS))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": NOTEBOOK.parent}}).execute()
    return json.loads(notebook.cells[-1].outputs[0].text)


def test_it_runs_from_end_to_end(facts):
    assert facts["fast"]
    assert facts["sizes"] == [200, 40, 50]
    assert 0 < facts["gradient_error"] < 1e-5
    loss, least, here = facts["downhill"]
    assert loss == pytest.approx(here)
    assert least < 0.95 * loss
    assert facts["losses"][2] < facts["losses"][1] < facts["losses"][0]
    assert facts["better"][-1] > max(facts["beginner"][-1], 0.5)
    assert facts["epochs"] == [4, 2, 2]
    assert facts["accuracy"]["cnn"] > 0.8
    assert facts["misses"] == round(50 * (1 - facts["accuracy"]["cnn"]))
    assert 0.05 < facts["temperature"] < 20
    assert all(0 <= error < 0.5 for error in facts["errors"].values())
    assert facts["recognised"] > facts["lost"]
    assert facts["framed"] == [4, "digit"]


@pytest.fixture(scope="module")
def committed():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_what_is_committed_is_a_whole_run_in_order(committed):
    cells = [cell for cell in committed.cells if cell.cell_type == "code"]

    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    said = "".join(output.get("text", "") for cell in cells for output in cell.outputs)
    assert "55000 to learn from, 5000 to choose on, 10000 for the examination" in said


def test_what_is_committed_shows_pictures_and_no_trouble(committed):
    outputs = [output for cell in committed.cells if cell.cell_type == "code" for output in cell.outputs]

    assert {output.get("name") for output in outputs} <= {None, "stdout"}
    assert {output.output_type for output in outputs} <= {"stream", "display_data"}
    assert sum("image/png" in output.get("data", {}) for output in outputs) > 15


def test_what_is_committed_is_small_and_knows_no_machine(committed):
    text = NOTEBOOK.read_text()
    without_pictures = re.sub(r'"image/png": "[^"]*"', "", text)

    assert len(text) < 1_500_000
    assert re.findall(r"(?:/home|/root|/tmp|/work|/Users|C:\\)[/\\]?\w*", without_pictures) == []
