"""What is done to many glyphs at once."""

from collections import Counter
from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from recognizer import registry
from recognizer.admin.chunks import in_chunks
from recognizer.models import Glyph, LabelConflictError, LabelEvent, ModelKind, Picture
from recognizer.opinions import read_again
from recognizer.owners import Owner

AT_ONCE = 100
"""Glyphs in one transaction: another writer waits for so many at most."""

OUTCOMES = {
    "emptied": ngettext_lazy(
        "%(n)s of them had a label, which is taken back.", "%(n)s of them had labels, which are taken back.", "n"
    ),
    "same": ngettext_lazy("%(n)s glyph was so already.", "%(n)s glyphs were so already.", "n"),
    "labelled": ngettext_lazy(
        "%(n)s glyph has another label, which stays.", "%(n)s glyphs have other labels, which stay.", "n"
    ),
    "unusable": ngettext_lazy(
        "%(n)s glyph is unusable: mark it usable first.", "%(n)s glyphs are unusable: mark them usable first.", "n"
    ),
    "known": ngettext_lazy(
        "%(n)s glyph was read by this version before, or is deleted.",
        "%(n)s glyphs were read by this version before, or are deleted.",
        "n",
    ),
    "gone": ngettext_lazy(
        "%(n)s glyph was changed or deleted meanwhile.", "%(n)s glyphs were changed or deleted meanwhile.", "n"
    ),
}
"""What may come of a glyph beside “done”, as sentences that still want their n."""


class GlyphActionForm(ActionForm):
    """What is to be done, and with which model if it is reading again."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Model:"),
        required=False,
        choices=lambda: [(kind, ModelKind(kind).label) for kind in registry.available_kinds()],
    )


@admin.action(description=gettext_lazy("Accept the prediction"), permissions=["review"])
def confirm_prediction(glyph_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    """Label what nobody has labelled yet as it was read."""

    def accept(glyph: Glyph, **said) -> str:
        if glyph.label == glyph.answer.value:
            return "same"
        if not glyph.is_usable:
            return "unusable"
        try:
            glyph.set_label(glyph.answer.value, expected=(None, True), **said)
        except LabelConflictError:
            return "labelled"
        return "done"

    _say_of_each(
        glyph_admin, request, queryset, accept, ngettext_lazy("%(n)s label written.", "%(n)s labels written.", "n")
    )


@admin.action(description=gettext_lazy("Mark unusable"), permissions=["review"])
def mark_unusable(glyph_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    """Say that nobody can tell what these are; a label that one of them has is taken back."""

    def mark(glyph: Glyph, **said) -> str:
        had_label = glyph.label is not None
        if not glyph.set_usable(False, **said):
            return "same"
        return "emptied" if had_label else "done"

    done = ngettext_lazy("%(n)s glyph is marked unusable.", "%(n)s glyphs are marked unusable.", "n")
    _say_of_each(glyph_admin, request, queryset, mark, done)


@admin.action(description=gettext_lazy("Mark usable"), permissions=["review"])
def mark_usable(glyph_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    done = ngettext_lazy("%(n)s glyph is marked usable.", "%(n)s glyphs are marked usable.", "n")
    _say_of_each(glyph_admin, request, queryset, _setting(Glyph.set_usable, True), done)


@admin.action(description=gettext_lazy("Keep out of training"), permissions=["review"])
def exclude_from_training(glyph_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    done = ngettext_lazy("%(n)s glyph is kept out of training.", "%(n)s glyphs are kept out of training.", "n")
    _say_of_each(glyph_admin, request, queryset, _setting(Glyph.set_excluded, True), done)


@admin.action(description=gettext_lazy("Let into training again"), permissions=["review"])
def include_in_training(glyph_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    done = ngettext_lazy("%(n)s glyph may be trained on.", "%(n)s glyphs may be trained on.", "n")
    _say_of_each(glyph_admin, request, queryset, _setting(Glyph.set_excluded, False), done)


@admin.action(description=gettext_lazy("Read again with the model chosen"), permissions=["review"])
def read_with_model(glyph_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> None:
    """Keep what the chosen model says of these, too. No reading changes."""
    selected = queryset.count()
    glyphs = (glyph for chunk in in_chunks(queryset, AT_ONCE) for glyph in chunk)
    try:
        written = read_again(glyphs, request.POST.get("kind", ""))
    except (registry.UnknownModelError, registry.ModelUnavailableError) as error:
        glyph_admin.message_user(request, _("Nothing was read again. %(why)s") % {"why": error}, messages.ERROR)
        return
    done = ngettext_lazy("%(n)s glyph was read again.", "%(n)s glyphs were read again.", "n")
    _tell(glyph_admin, request, {"done": written, "known": selected - written}, done)


@admin.action(description=gettext_lazy("Queue a training on the labels …"), permissions=["train"])
def queue_training(glyph_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
    """Go where trainings are started: each learns from all labelled glyphs that may be trained on."""
    return redirect("trainings")


def _setting(method: Callable[..., bool], value: bool) -> Callable[..., str]:
    return lambda glyph, **said: "done" if method(glyph, value, **said) else "same"


def _say_of_each(
    glyph_admin: admin.ModelAdmin,
    request: HttpRequest,
    queryset: QuerySet,
    say: Callable[..., str],
    done: Promise,
) -> None:
    """Say it of each glyph in short transactions, then tell what came of it.

    say: takes a glyph and who says so from where, and returns "done" or one of OUTCOMES.
    done: how many glyphs that was done of, as a sentence that still wants its n.
    """
    outcomes = Counter(gone=queryset.count())
    said = {"owner": Owner(user=request.user), "where": LabelEvent.Where.ADMIN}
    for chunk in in_chunks(queryset, AT_ONCE):
        with transaction.atomic():
            Picture.objects.filter(pk__in={glyph.picture_id for glyph in chunk}).hold()
            for glyph in chunk:
                try:
                    outcome = say(glyph, **said)
                except Glyph.DoesNotExist:
                    continue
                outcomes.update({outcome: 1, "gone": -1})
    outcomes["done"] += outcomes["emptied"]
    _tell(glyph_admin, request, outcomes, done)


def _tell(glyph_admin: admin.ModelAdmin, request: HttpRequest, outcomes: dict, done: Promise) -> None:
    """Show how many glyphs changed, and how many did not and why."""
    told = [done % {"n": outcomes["done"]}]
    told += [text % {"n": outcomes[name]} for name, text in OUTCOMES.items() if outcomes.get(name)]
    level = messages.SUCCESS if outcomes["done"] else messages.WARNING
    glyph_admin.message_user(request, " ".join(told), level)
