"""A training history as lines: where they run in an SVG of WIDTH × HEIGHT, and what its axes say."""

import math
from collections.abc import Callable

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recognizer.numbers import decimal, percentage, shortest
from recognizer.templatetags.cards import is_number

register = template.Library()

WIDTH, HEIGHT = 320, 210
LEFT, RIGHT, TOP, BOTTOM = 44, 6, 10, 26
ACCURACIES = {
    "validation_accuracy": gettext_lazy("Validation digits as they are"),
    "altered_accuracy": gettext_lazy("Mildly altered, marks that are no digits among them"),
    "page_accuracy": gettext_lazy("Validation digits on drawn pages"),
    "negatives_recognised": gettext_lazy("Marks that are no digits"),
}
LOSSES = {"validation_loss": gettext_lazy("Validation"), "loss": gettext_lazy("Training")}
"""The entries of an epoch that are drawn, and what they are called."""
STEPS = (1, 2, 5)
MOST_TICKS = 9
LEAST_ERROR = 1e-4
"""An epoch without a mistake is drawn here: a logarithmic scale has no zero."""


@register.inclusion_tag("recognizer/includes/history_charts.html")
def history_charts(history: object) -> dict:
    """Return the charts of a training history, one entry an epoch; none for fewer than two epochs."""
    epochs = [entry for entry in history if isinstance(entry, dict)] if isinstance(history, list) else []
    if len(epochs) < 2:
        return {"charts": []}
    wrong = {name: _series(epochs, key, lambda accuracy: 1 - accuracy) for key, name in ACCURACIES.items()}
    loss = {name: _series(epochs, key) for key, name in LOSSES.items()}
    charts = [
        _chart("wrong", _("Read wrong"), wrong, _log_ticks, percent_tick, lambda value: percentage(value, 2)),
        _chart("loss", _("Loss"), loss, linear_ticks, shortest, lambda value: decimal(value, 3)),
    ]
    return {"charts": [chart for chart in charts if chart], "epochs": len(epochs), "width": WIDTH, "height": HEIGHT}


def percent_tick(share: float) -> str:
    """Return a share of 1 as a percentage with as many decimals as it needs: 0.5 %."""
    return f"{shortest(100 * share)} %"


def _series(epochs: list[dict], key: str, change: Callable[[float], float] = float) -> list[float]:
    """Return one value an epoch, nothing when an epoch lacks it."""
    values = [epoch.get(key) for epoch in epochs]
    if not all(is_number(value) and math.isfinite(value) for value in values):
        return []
    return [change(value) for value in values]


def _chart(name: str, title: str, series: dict, ticks_of: Callable, label: Callable, told: Callable) -> dict | None:
    """Return the lines of the series and both axes, in the coordinates of the SVG; None without any series."""
    series = {key: values for key, values in series.items() if values}
    if not series:
        return None
    ticks, place = ticks_of([value for values in series.values() for value in values])
    epochs = max(map(len, series.values()))

    def x_of(epoch: float) -> float:
        return round(LEFT + (epoch - 1) / (epochs - 1) * (WIDTH - LEFT - RIGHT), 1)

    def y_of(value: float) -> float:
        return round(TOP + (1 - place(value)) * (HEIGHT - TOP - BOTTOM), 1)

    return {
        "name": name,
        "title": title,
        "y_ticks": [(y_of(tick), label(tick)) for tick in ticks],
        "x_ticks": [(x_of(epoch), str(epoch)) for epoch in _epoch_ticks(epochs)],
        "lines": [
            {
                "name": key,
                "points": " ".join(f"{x_of(epoch)},{y_of(value)}" for epoch, value in enumerate(values, 1)),
                "end": (x_of(len(values)), y_of(values[-1])),
                "last": told(values[-1]),
            }
            for key, values in series.items()
        ],
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "bottom": HEIGHT - BOTTOM,
    }


def _log_ticks(values: list[float]) -> tuple[list[float], Callable[[float], float]]:
    """Return ticks at 1, 2 and 5 of each power of ten around the values, and where between 0 and 1 a value lies."""
    low, high = round(max(min(values), LEAST_ERROR), 9), round(max(*values, 2 * LEAST_ERROR), 9)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    steps = [round(step * 10.0**power, 9) for power in powers for step in STEPS]
    bottom = max(step for step in steps if step <= low)
    top = min(step for step in steps if step >= high and step > bottom)
    ticks = [step for step in steps if bottom <= step <= top]
    while len(ticks) > MOST_TICKS:
        ticks = ticks[::-3][::-1]
    return ticks, lambda value: math.log(max(value, bottom) / bottom) / math.log(top / bottom)


def linear_ticks(values: list[float], least: float = 1e-9) -> tuple[list[float], Callable[[float], float]]:
    """Return round ticks from zero to above the values, and where between 0 and 1 a value lies.

    least: how far the scale goes at least, though all values be zero.
    """
    high = max(*values, least)
    power = 10.0 ** math.floor(math.log10(high / 5))
    step = next(step * power for step in (*STEPS, 10) if high / (step * power) <= 5)
    top = math.ceil(high / step)
    return [round(step * tick, 9) for tick in range(top + 1)], lambda value: max(value, 0) / (step * top)


def _epoch_ticks(epochs: int) -> list[int]:
    """Return the first epoch, the last, and round numbers between, far enough apart to be read."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, epochs) if epochs / step <= 5)
    between = [epoch for epoch in range(step, epochs, step) if epoch > 1 and epochs - epoch >= step / 2]
    return [1, *between, epochs]
