"""The review queue: one glyph at a time, by forms that work alone and by a script that is faster."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from recognizer.labels import label_from_form
from recognizer.learning import review as queue
from recognizer.models import Glyph, LabelConflictError
from recognizer.views.reviewers import reviewers_only

SKIP = "skip"
SKIPPED_FOR_SECONDS = 3600
MOST_SKIPPED = 100
"""So many skipped glyphs a session remembers; then the one skipped first comes back."""
DELETED = gettext_lazy("Your answer to the mark before was not written: its picture has been deleted.")


class AnswerForm(forms.Form):
    """What a reviewer says of a glyph, and what they were shown of it."""

    glyph = forms.IntegerField()
    answer = forms.ChoiceField(choices=[(a, a) for a in (*queue.LABELS, queue.ACCEPT, queue.UNUSABLE, SKIP)])
    label = forms.ChoiceField(choices=[(label, label) for label in queue.LABELS], required=False)
    is_usable = forms.TypedChoiceField(
        choices=[("1", "yes"), ("0", "no")], coerce=lambda value: value == "1", empty_value=True, required=False
    )
    read = forms.IntegerField(required=False)
    shown = forms.IntegerField(required=False)


@require_safe
@reviewers_only
def review(request: HttpRequest) -> HttpResponse:
    """Show the glyph that the reviewer has before them."""
    glyph = next(iter(queue.hold(request.user, skipped=_skipped_ids(request))), None)
    context = {**_item(request, glyph), **_progress(request), "hides": request.session.get("review_hides", False)}
    return render(request, "recognizer/review.html", context)


@require_safe
@reviewers_only
def following(request: HttpRequest) -> JsonResponse:
    """Return the item after the one that a script shows."""
    shown = request.GET.get("shown", "")[:20]
    return JsonResponse(_following(request, int(shown) if shown.isdecimal() else None))


@require_POST
@reviewers_only
def answer(request: HttpRequest) -> HttpResponse:
    """Write what the reviewer says and go on; whatever stands in the way is told beside the next item."""
    form = AnswerForm(request.POST)
    request.session.pop("review_undo_before", None)
    if form.is_valid():
        level, text = _written(request, **form.cleaned_data)
    else:
        level, text = messages.ERROR, _("This is no answer. Use the buttons or the keys of this page.")
    if _is_script(request):
        return JsonResponse(_told(level, text) | _following(request, form.cleaned_data.get("shown")))
    messages.add_message(request, level, text)
    return redirect("review")


def _written(
    request: HttpRequest, *, glyph: int, answer: str, label: str, is_usable: bool, read: int | None, shown: int | None
) -> tuple[int, str]:
    """Write an answer; return how that went."""
    answered = Glyph.objects.filter(pk=glyph).prefetch_related("predictions").first()
    if answered is None:
        return messages.WARNING, DELETED
    if answer == SKIP:
        queue.give_up(request.user, answered.pk)
        _remember_skip(request, answered.pk)
        return messages.SUCCESS, _("Skipped.")
    expected = (label_from_form(label), is_usable)
    try:
        queue.write(answered, answer, user=request.user, expected=expected, read=read)
    except Glyph.DoesNotExist:
        return messages.WARNING, DELETED
    except queue.ReadAnewError:
        return messages.WARNING, _("Nothing was accepted: the mark has been read anew. It comes again.")
    except LabelConflictError:
        return messages.WARNING, _conflict_in_words(answered)
    said = answered.label_text if answered.is_usable else _("unusable")
    return messages.SUCCESS, _("Written: %(said)s.") % {"said": said}


@require_POST
@reviewers_only
def undo(request: HttpRequest) -> HttpResponse:
    """Take the latest answer or skip back and show its glyph again, or say why not."""
    before = request.session.get("review_undo_before")
    skips, latest = _skips(request), queue.latest_answer(request.user, before)
    is_skip = bool(skips) and (latest is None or skips[-1][1] > latest.created.timestamp())
    try:
        taken_back = _forget_skip(request) if is_skip else queue.undo(request.user, before).pk
    except queue.NothingToUndoError:
        return _undone(request, None, messages.WARNING, _("There is no answer of yours to take back."))
    except (LabelConflictError, Glyph.DoesNotExist):
        request.session["review_undo_before"] = latest.pk
        text = _("That answer cannot be taken back: someone else has changed the mark since. Undo goes on before it.")
        return _undone(request, None, messages.WARNING, text)
    queue.take(request.user, taken_back)
    held = queue.hold(request.user, first=taken_back, skipped=_skipped_ids(request))
    if not held or held[0].pk != taken_back:
        taken = _("Taken back, but the mark is before someone else now.")
        text = _("The mark that you skipped is before someone else now.") if is_skip else taken
        return _undone(request, None, messages.WARNING, text)
    return _undone(request, held[0], messages.SUCCESS, _("Taken back: here is the mark again."))


def _undone(request: HttpRequest, glyph: Glyph | None, level: int, text: str) -> HttpResponse:
    if _is_script(request):
        return JsonResponse(_told(level, text) | (_as_html(request, glyph) if glyph else {}))
    messages.add_message(request, level, text)
    return redirect("review")


@require_POST
@reviewers_only
def hide(request: HttpRequest) -> HttpResponse:
    """Remember whether what the model says is hidden from the reviewer."""
    request.session["review_hides"] = request.POST.get("hides") == "1"
    return HttpResponse(status=204) if _is_script(request) else redirect("review")


@require_POST
@reviewers_only
def unskip(request: HttpRequest) -> HttpResponse:
    """Let everything that the reviewer skipped come back at once."""
    request.session["review_skipped"] = []
    return redirect("review")


# What is shown


def _following(request: HttpRequest, shown: int | None) -> dict[str, str]:
    """Return the item after the shown one, both leased, and how far the reviewer is."""
    held = queue.hold(request.user, 2, first=shown, skipped=_skipped_ids(request))
    return _as_html(request, next((glyph for glyph in held if glyph.pk != shown), None))


def _as_html(request: HttpRequest, glyph: Glyph | None) -> dict[str, str]:
    progress = _progress(request)
    item = render_to_string("recognizer/includes/review_item.html", {**_item(request, glyph), **progress}, request)
    return {"item": item, "progress": render_to_string("recognizer/includes/review_progress.html", progress)}


def _item(request: HttpRequest, glyph: Glyph | None) -> dict:
    return {"glyph": glyph, "answer": glyph and glyph.answer, "skipped": len(_skips(request))}


def _progress(request: HttpRequest) -> dict[str, int]:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return {"left": queue.count_left(), "done": queue.count_done(request.user, today)}


def _told(level: int, text: str) -> dict[str, str]:
    return {"level": messages.DEFAULT_TAGS[level], "message": str(text)}


def _is_script(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _conflict_in_words(glyph: Glyph) -> str:
    """Return what somebody else has said of the glyph, so that an answer was not written."""
    if not glyph.is_usable:
        return _("Your answer to the mark before was not written: someone else has marked it unusable meanwhile.")
    if glyph.label is None:
        return _("Your answer to the mark before was not written: someone else has changed it meanwhile.")
    text = _("Your answer to the mark before was not written: someone else has labelled it %(label)s meanwhile.")
    return text % {"label": glyph.label_text}


# What was skipped: [id, seconds since 1970], the latest last, in the session


def _skips(request: HttpRequest) -> list[list]:
    oldest = timezone.now().timestamp() - SKIPPED_FOR_SECONDS
    return [skip for skip in request.session.get("review_skipped", []) if skip[1] > oldest]


def _skipped_ids(request: HttpRequest) -> list[int]:
    return [pk for pk, _ in _skips(request)]


def _remember_skip(request: HttpRequest, pk: int) -> None:
    others = [skip for skip in _skips(request) if skip[0] != pk]
    request.session["review_skipped"] = [*others, [pk, timezone.now().timestamp()]][-MOST_SKIPPED:]


def _forget_skip(request: HttpRequest) -> int:
    """Forget the latest skip and return the id of its glyph."""
    *others, (pk, _) = _skips(request)
    request.session["review_skipped"] = others
    return pk
