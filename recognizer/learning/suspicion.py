"""Labels for a second look: where a network is sure of something else than the one person who labelled the glyph."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from recognizer.inference.predictor import GlyphPrediction
from recognizer.labels import LABEL_CHOICES, NOT_A_DIGIT
from recognizer.learning.exports import exportable_glyphs
from recognizer.models import Comparison, Glyph, LabelConflictError, LabelEvent, ModelVersion, Prediction, Verdict
from recognizer.owners import Owner

SURE = 0.95
"""From this probability on a network's disagreement with a label counts."""

LATEST_LABELS = 1000
"""So many labels are looked at that were given after the last comparison, the newest."""

GIVES = (LabelEvent.What.LABEL, LabelEvent.What.CONFIRMED)
"""What of a label's events says that somebody gives it."""


class SamePersonError(Exception):
    """Whoever labelled a glyph is no second person to confirm it."""


@dataclass(frozen=True)
class Doubt:
    """A labelled glyph that a network surely takes for something else."""

    glyph: Glyph
    value: int
    """What the network takes it for: a digit, or 10 for not a digit."""
    confidence: float
    """In [0, 1]."""
    said_by: ModelVersion

    @property
    def value_text(self) -> str:
        return str(dict(LABEL_CHOICES)[self.value])


def surest_of(prediction: GlyphPrediction) -> tuple[int, float]:
    """Return what the network takes a glyph for, a digit or 10 for not a digit, and how sure it is of that."""
    if prediction.none_probability >= SURE or prediction.verdict == Verdict.NOT_A_DIGIT:
        return NOT_A_DIGIT, prediction.none_probability
    return prediction.digit, prediction.confidence


def is_sure_of(prediction: GlyphPrediction, label: int) -> bool:
    """Say whether the network is sure that a glyph is what its label says."""
    value, confidence = surest_of(prediction)
    return value == label and confidence >= SURE and prediction.verdict != Verdict.UNSURE


def is_sure_of_another(prediction: GlyphPrediction, label: int) -> bool:
    """Say whether the network is sure that a glyph is not what its label says."""
    value, confidence = surest_of(prediction)
    return value != label and confidence >= SURE and prediction.verdict != Verdict.UNSURE


def doubts(limit: int = 48) -> tuple[list[Doubt], int]:
    """Return the surest doubts of labels that an export would hold and one person gave, and how many there are.

    Of labels that were there at the last comparison it is known what both its versions say; of those that came later,
    what the version said that read them.
    """
    last = Comparison.objects.select_related("candidate", "base").first()
    found = [*_of_comparison(last), *_of_readings(last)]
    by_one_person = _by_one_person([pk for pk, *_ in found])
    found = sorted((doubt for doubt in found if doubt[0] in by_one_person), key=lambda doubt: -doubt[2])
    shown = found[:limit]
    glyphs = Glyph.objects.select_related("labelled_by").in_bulk([pk for pk, *_ in shown])
    return [Doubt(glyphs[pk], *said) for pk, *said in shown if pk in glyphs], len(found)


def confirm(glyph: Glyph, shown: int | None, *, owner: Owner) -> None:
    """Keep that a second person gives the glyph the label that it has and that they were shown.

    Raises SamePersonError when that person gave it, LabelConflictError when it has another label by now,
    Glyph.DoesNotExist once it is deleted or has no label.
    """
    with transaction.atomic():
        label = Glyph.objects.select_for_update().exclude(label=None).get(pk=glyph.pk).label
        if label != shown:
            raise LabelConflictError(f"{glyph} was labelled by someone else meanwhile.")
        if _says(label).filter(glyph=glyph, user=owner.user, visitor=owner.visitor).exists():
            raise SamePersonError(_("You gave this label yourself. Someone else has to confirm it."))
        LabelEvent.objects.create(
            glyph=glyph,
            what=LabelEvent.What.CONFIRMED,
            old=label,
            new=label,
            user=owner.user,
            visitor=owner.visitor,
            where=LabelEvent.Where.REVIEW,
        )


def _says(label: int) -> QuerySet[LabelEvent]:
    return LabelEvent.objects.filter(what__in=GIVES, new=label)


def _of_comparison(comparison: Comparison | None) -> list[tuple[int, int, float, ModelVersion]]:
    """Return what the comparison noted of labels that have not been changed since."""
    noted = comparison.figures.get("doubts", []) if comparison else []
    labels = dict(exportable_glyphs().filter(pk__in=[doubt["id"] for doubt in noted]).values_list("pk", "label"))
    return [
        (doubt["id"], doubt["value"], doubt["confidence"], getattr(comparison, doubt["by"]))
        for doubt in noted
        if labels.get(doubt["id"]) == doubt["label"]
    ]


def _of_readings(comparison: Comparison | None) -> list[tuple[int, int, float, ModelVersion]]:
    """Return what the readings surely said otherwise of labels that came after the comparison, the newest of them."""
    labelled = Glyph.objects.filter(label__isnull=False)
    if comparison:
        labelled = labelled.filter(labelled_at__gt=comparison.created)
    latest = labelled.order_by("-labelled_at").values_list("pk", flat=True)[:LATEST_LABELS]
    glyphs = exportable_glyphs().filter(pk__in=list(latest))  # PostgreSQL would join all labels with a subquery
    sure_digit = Q(verdict=Verdict.DIGIT, confidence__gte=SURE, none_probability__lt=SURE) & ~Q(digit=F("glyph__label"))
    sure_none = Q(none_probability__gte=SURE) & ~Q(glyph__label=NOT_A_DIGIT)
    said = Prediction.objects.filter(sure_digit | sure_none, is_primary=True, glyph__in=glyphs)
    return [
        (p.glyph_id, NOT_A_DIGIT, p.none_probability, p.model_version)
        if p.none_probability >= SURE
        else (p.glyph_id, p.digit, p.confidence, p.model_version)
        for p in said.select_related("model_version").defer("model_version__card")
    ]


def _by_one_person(ids: list[int]) -> set[int]:
    """Return those of the glyphs whose label was not given by two."""
    gave = Q(label_events__what__in=GIVES, label_events__new=F("label"))
    people = Count("label_events__user", filter=gave, distinct=True) + Count(
        "label_events__visitor", filter=gave, distinct=True
    )
    glyphs = Glyph.objects.filter(pk__in=ids).annotate(people=people).filter(people__lt=2)
    return set(glyphs.values_list("pk", flat=True))
