import numpy as np
import pytest

from training.networks import CNN_PARAMETERS, MLP_PARAMETERS, build_cnn, build_mlp, native_dtype, plain_copy

GLYPHS = np.random.default_rng(0).random((3, 28, 28, 1), dtype=np.float32)


@pytest.mark.parametrize("build", [build_cnn, build_mlp])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_it_maps_glyphs_to_eleven_logits(build, dtype):
    logits = build(dtype)(GLYPHS)

    assert tuple(logits.shape) == (3, 11)
    assert logits.dtype == "float32"


def test_they_have_as_many_parameters_as_said():
    assert build_cnn().count_params() == CNN_PARAMETERS == 356_575
    assert build_mlp().count_params() == MLP_PARAMETERS == 434_315


def test_the_mlp_has_the_hidden_layers_that_are_asked_for():
    assert [tuple(weight.shape) for weight in build_mlp(hidden=(5,)).weights] == [(784, 5), (5,), (5, 11), (11,)]


@pytest.mark.parametrize("build", [build_cnn, build_mlp])
def test_the_plain_copy_agrees_with_its_original(build):
    original = build("mixed_bfloat16")

    copy = plain_copy(original, build)

    assert {str(weight.dtype) for weight in copy.weights} == {"float32"}
    assert {layer.compute_dtype for layer in copy.layers} == {"float32"}
    np.testing.assert_allclose(copy(GLYPHS), original(GLYPHS), atol=0.1)


@pytest.mark.parametrize(
    ("flags", "dtype"), [("flags : avx2 avx512_bf16", "mixed_bfloat16"), ("flags : avx2", "float32")]
)
def test_the_processor_decides_the_arithmetic(tmp_path, flags, dtype):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(flags)

    assert native_dtype(cpuinfo) == dtype
    assert native_dtype(tmp_path / "none") == "float32"
