"""How an explanation is put into words."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.explanations import Speaking
from recognizer.labels import NOT_A_DIGIT

register = template.Library()

STEPS = {
    "page": gettext_lazy("Found: this part of the picture holds the mark."),
    "ink": gettext_lazy("Evened: light and paper are taken away, ink stays."),
    "unruled": gettext_lazy("Printed lines are taken out."),
    "alone": gettext_lazy("The mark alone, without its neighbours."),
    "boxed": gettext_lazy("Shrunk into a box of 20 × 20 pixels, bright on dark."),
    "centred": gettext_lazy("Centred by its weight on 28 × 28: what the network saw."),
}
PLACES = {
    ("top", "left"): gettext_lazy("at the upper left"),
    ("top", "middle"): gettext_lazy("at the top"),
    ("top", "right"): gettext_lazy("at the upper right"),
    ("middle", "left"): gettext_lazy("on the left"),
    ("middle", "middle"): gettext_lazy("in the middle"),
    ("middle", "right"): gettext_lazy("on the right"),
    ("bottom", "left"): gettext_lazy("at the lower left"),
    ("bottom", "middle"): gettext_lazy("at the bottom"),
    ("bottom", "right"): gettext_lazy("at the lower right"),
    ("all", "all"): gettext_lazy("all over the mark"),
}


@register.filter
def step_text(name: str) -> str | Promise:
    """Return what a step does, in words."""
    return STEPS[name]


@register.filter
def class_text(value: int) -> str:
    """Return a class as people call it: 4, or no digit."""
    return _("no digit") if value == NOT_A_DIGIT else str(value)


@register.filter
def speaking_text(speaking: Speaking) -> str:
    """Return where on the mark lies what speaks for a class, in a sentence."""
    told = {"what": class_text(speaking.value), "where": PLACES.get(speaking.place, "")}
    if speaking.place is None:
        return _("Nothing on the mark speaks for %(what)s.") % told
    return _("What speaks most for %(what)s lies %(where)s.") % told
