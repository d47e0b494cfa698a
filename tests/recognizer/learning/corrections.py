"""Labelled glyphs for tests: real pixels, on pictures that are learnt from or held out."""

import uuid

from django.utils import timezone

from recognizer.inference.labelled import read_labelled
from recognizer.learning.comparison import REGRESSION_SET
from recognizer.models import Glyph, LabelEvent, ModelVersion
from tests.recognizer.rows import make_picture


def sha256_of(*, held_out: bool) -> str:
    """Return a checksum of its own that puts a picture on one side."""
    return ("00000000" if held_out else "00000001") + (uuid.uuid4().hex * 2)[8:]


def label_glyphs(
    version: ModelVersion, count: int, *, held_out: bool = False, user=None, flip: bool = False, **fields
) -> list[Glyph]:
    """Store so many digits, each on a picture of its own, labelled as what they are or, flipped, as the next digit."""
    known = read_labelled(REGRESSION_SET)
    digits = [place for place, label in enumerate(known.labels) if label < 10][:count]
    glyphs = []
    for place in digits:
        label = int(known.labels[place])
        given = (label + 1) % 10 if flip else label
        shown = {"may_train": True, "sha256": sha256_of(held_out=held_out)} | fields
        glyph = make_picture(version, digits=str(label), **shown).glyphs.get()
        now = timezone.now()
        changes = {"pixels": known.glyphs[place].tobytes(), "label": given, "labelled_at": now, "labelled_by": user}
        Glyph.objects.filter(pk=glyph.pk).update(**changes)
        LabelEvent.objects.create(glyph=glyph, new=given, user=user, where="review")
        glyphs.append(Glyph.objects.get(pk=glyph.pk))
    return glyphs
