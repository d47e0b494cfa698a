"""Why a mark was read as it was: a page, or the part of one that a script puts under the mark. Only for its owner."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from recognizer.access import own_picture_or_404
from recognizer.explanations import look_of, predictions_beside, steps_of
from recognizer.models import Glyph
from recognizer.problems import problem_response, too_many_explanations
from recognizer.throttling import RateLimitedError, check_explanation_rate


@require_safe
@cache_control(private=True, no_store=True)
def why(request: HttpRequest, picture_id: UUID, position: int) -> HttpResponse:
    """Explain one mark; with `part` in the query string without the page around it."""
    glyph = _own_glyph_or_404(request, picture_id, position)
    try:
        check_explanation_rate(request)
    except RateLimitedError as error:
        return problem_response(request, too_many_explanations(error.retry_after_seconds))
    answer, is_part = glyph.answer, "part" in request.GET
    are_beside_already = is_part and len(glyph.predictions.all()) > 1
    context = {
        "picture": glyph.picture,
        "glyph": glyph,
        "answer": answer,
        "steps": steps_of(glyph),
        "look": look_of(glyph, answer),
        "beside": [] if are_beside_already else predictions_beside(glyph),
    }
    return render(request, f"recognizer/{'includes/' if is_part else ''}explanation.html", context)


def _own_glyph_or_404(request: HttpRequest, picture_id: UUID, position: int) -> Glyph:
    picture = own_picture_or_404(request, picture_id, fetch_glyphs=True)
    for glyph in picture.glyphs.all():
        if glyph.position == position:
            return glyph
    raise Http404("There is no such mark on this picture.")
