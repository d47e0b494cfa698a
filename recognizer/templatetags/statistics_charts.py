"""The dashboard's statistics as charts: where lines and bars lie in an SVG, what its axes say, and a table of it."""

import math
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recognizer.learning.statistics import Activity, Bin, Day, sum_of
from recognizer.templatetags.cards import count, interval, share
from recognizer.templatetags.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, linear_ticks, percent_tick

register = template.Library()

CHART = "recognizer/includes/dashboard_chart.html"
CALIBRATION_HEIGHT = 250
RECENT_DAYS = 7
LEAST_SPAN = 0.02
"""A smaller change of the mean confidence than this does not fill the chart."""
LEAST_SHARE = 0.05
"""So far the scale of the unsure goes though there were none."""
STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
NOTHING = "–"


@register.inclusion_tag(CHART)
def rates_chart(days: Sequence[Day]) -> dict:
    """Return how many of each day's marks were unsure or no digit."""
    series = {
        _("Unsure"): [day.unsure_share for day in days],
        _("Not a digit"): [day.not_a_digit_share for day in days],
    }
    whole = sum_of(days)
    told = [share(whole.unsure_share), share(whole.not_a_digit_share)]
    return {
        "id": "rates",
        "title": _("Unsure, and not a digit"),
        "about": _(
            "The share of each day’s marks that was answered with a question mark, or taken for no digit at all."
        ),
        "desc": _("Over all %(days)s days %(unsure)s unsure and %(none)s not a digit.")
        % {"days": len(days), "unsure": told[0], "none": told[1]},
        "empty": _("Nothing read in %(days)s days.") % {"days": len(days)},
        "is_empty": not whole.n,
        **_day_lines(days, series, told, partial(linear_ticks, least=LEAST_SHARE)),
        "head": [_("Day"), _("Marks"), _("Unsure"), _("Not a digit")],
        "rows": [
            (_full(day.date), count(day.n), share(day.unsure_share), share(day.not_a_digit_share))
            for day in reversed(days)
            if day.n
        ],
    }


@register.inclusion_tag(CHART)
def drift_chart(days: Sequence[Day]) -> dict:
    """Return the mean confidence of each day's digits."""
    before, recent = (sum_of(part).mean_confidence for part in (days[:-RECENT_DAYS], days[-RECENT_DAYS:]))
    told = _("%(recent)s over the last %(days)s days, %(before)s over those before") % {
        "recent": share(recent) or _("none"),
        "before": share(before) or _("none"),
        "days": RECENT_DAYS,
    }
    return {
        "id": "drift",
        "title": _("Mean confidence"),
        "about": _(
            "How sure the network was of the marks that it took for digits. A lasting fall says that people write "
            "or photograph otherwise than before. The scale does not begin at zero."
        ),
        "desc": _("Mean confidence: %(told)s.") % {"told": told},
        "empty": _("No digit read in %(days)s days.") % {"days": len(days)},
        "is_empty": recent is None and before is None,
        **_day_lines(days, {_("Mean confidence"): [day.mean_confidence for day in days]}, [told], _narrow_ticks),
        "head": [_("Day"), _("Digits"), _("Mean confidence")],
        "rows": [
            (_full(day.date), count(day.n - day.not_a_digit), share(day.mean_confidence))
            for day in reversed(days)
            if day.mean_confidence is not None
        ],
    }


@register.inclusion_tag(CHART)
def readings_chart(activity: Sequence[Activity]) -> dict:
    """Return how many pictures were read each day."""
    read = [(day.date, day.readings) for day in activity]
    return _bars("readings", _("Pictures read"), _("All pictures of each day, whichever version read them."), read)


@register.inclusion_tag(CHART)
def labels_chart(activity: Sequence[Activity]) -> dict:
    """Return how many marks were labelled each day."""
    labelled = [(day.date, day.labels) for day in activity]
    about = _("By the day of the label that they have now, from anywhere.")
    return _bars("labels", _("Marks labelled"), about, labelled)


@register.inclusion_tag(CHART)
def calibration_chart(sample: Sequence[Bin], labelled: Sequence[Bin], error: float | None) -> dict:
    """Return how often the network was right when it was so sure: of the random sample and of all labelled marks.

    error: the expected calibration error on the sample, None without any label.
    """
    bottom = CALIBRATION_HEIGHT - BOTTOM

    def place_of(x: float, y: float) -> tuple[float, float]:
        return round(LEFT + x * (WIDTH - LEFT - RIGHT), 1), round(TOP + (1 - y) * (bottom - TOP), 1)

    def line_of(name: str, bins: Sequence[Bin]) -> dict:
        held = [found for found in bins if found.accuracy.n]
        points = [place_of(found.sureness, found.accuracy.share) for found in held]
        n = sum(found.accuracy.n for found in held)
        told = ngettext("%(name)s: %(n)s mark", "%(name)s: %(n)s marks", n) % {"name": name, "n": count(n)}
        return _line(told, [points])

    ticks = [tick / 5 for tick in range(6)]
    about = _(
        "Marks of which the network was about so sure (across), and how many of them it read right (up). "
        "On the diagonal it is as good as it says; below, it is too sure of itself."
    )
    if error is not None:
        off = _("On the sample it is off by %(share)s on average.") % {"share": share(error)}
        about = f"{about} {off}"
    spans = [(found.sureness, found.accuracy.interval_95) for found in sample if found.accuracy.n]
    return {
        "id": "calibration",
        "title": _("Said and true"),
        "about": about,
        "desc": "; ".join(
            _("%(span)s sure: %(share)s of %(n)s right")
            % {"span": _span(found), "share": share(found.accuracy.share), "n": count(found.accuracy.n)}
            for found in (sample if spans else labelled)
            if found.accuracy.n
        ),
        **_frame(CALIBRATION_HEIGHT),
        "y_ticks": [(place_of(0, tick)[1], percent_tick(tick)) for tick in ticks],
        "x_ticks": [(place_of(tick, 0)[0], percent_tick(tick)) for tick in ticks],
        "diagonal": [place_of(0, 0), place_of(1, 1)],
        "whiskers": [(*place_of(mean, low), place_of(mean, high)[1]) for mean, (low, high) in spans],
        "lines": [line_of(_("Random sample"), sample), line_of(_("All labelled"), labelled)],
        "head": [_("Said to be sure"), _("Sample"), _("Right"), _("Range"), _("All labelled"), _("Right")],
        "rows": [
            (
                _span(drawn),
                count(drawn.accuracy.n),
                share(drawn.accuracy.share) or NOTHING,
                interval(drawn.accuracy.interval_95) or NOTHING,
                count(every.accuracy.n),
                share(every.accuracy.share) or NOTHING,
            )
            for drawn, every in zip(sample, labelled, strict=True)
            if every.accuracy.n
        ],
    }


def _bars(name: str, title: str, about: str, counted: Sequence[tuple[date, int]]) -> dict:
    ticks, place = linear_ticks([n for _, n in counted])
    whole_ticks = [tick for tick in ticks if tick == int(tick)]
    step = (WIDTH - LEFT - RIGHT) / len(counted)
    bottom = HEIGHT - BOTTOM
    total, most = sum(n for _, n in counted), max(n for _, n in counted)
    return {
        "id": name,
        "title": title,
        "about": about,
        "desc": _("%(total)s in %(days)s days, at most %(most)s on one.")
        % {"total": count(total), "days": len(counted), "most": count(most)},
        "empty": _("None in %(days)s days.") % {"days": len(counted)},
        "is_empty": not total,
        **_frame(HEIGHT),
        "y_ticks": [(_height(place(tick)), count(int(tick))) for tick in whole_ticks],
        "x_ticks": _day_ticks([day for day, _ in counted]),
        "bars": [
            {
                "x": round(LEFT + (row + 0.12) * step, 1),
                "y": _height(place(n)),
                "width": round(0.76 * step, 1),
                "height": round(bottom - _height(place(n)), 1),
                "title": f"{_full(day)}: {count(n)}",
            }
            for row, (day, n) in enumerate(counted)
            if n
        ],
        "head": [_("Day"), title],
        "rows": [(_full(day), count(n)) for day, n in reversed(counted) if n],
    }


def _day_lines(days: Sequence[Day], series: dict[str, list], told: Sequence[str], ticks_of: Callable) -> dict:
    """Return a line a series, broken where a day has no value, and both axes."""
    values = [value for line in series.values() for value in line if value is not None]
    ticks, place = ticks_of(values or [0, 1])
    step = (WIDTH - LEFT - RIGHT) / len(days)
    lines = []
    for (name, line), said in zip(series.items(), told, strict=True):
        runs, last = [[]], None
        for row, value in enumerate(line):
            if value is None:
                runs.append([])
            else:
                last = (round(LEFT + (row + 0.5) * step, 1), _height(place(value)))
                runs[-1].append(last)
        lines.append(_line(f"{name}: {said}", [run for run in runs if run]))
    return {
        **_frame(HEIGHT),
        "y_ticks": [(_height(place(tick)), percent_tick(tick)) for tick in ticks],
        "x_ticks": _day_ticks([day.date for day in days]),
        "lines": lines,
    }


def _line(name: str, runs: Sequence[Sequence[tuple[float, float]]]) -> dict:
    return {
        "name": name,
        "runs": [" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1],
        "dots": [point for run in runs for point in run],
    }


def _frame(height: int) -> dict:
    return {"width": WIDTH, "height": height, "left": LEFT, "right": WIDTH - RIGHT, "bottom": height - BOTTOM}


def _height(place: float) -> float:
    """Return where a value lies, from its place between 0 (the bottom) and 1."""
    return round(TOP + (1 - place) * (HEIGHT - TOP - BOTTOM), 1)


def _day_ticks(days: Sequence[date]) -> list[tuple[float, str]]:
    """Return the last day and every seventh before it: where, and what it is called."""
    step = (WIDTH - LEFT - RIGHT) / len(days)
    rows = range(len(days) - 1, -1, -7)
    return [(round(LEFT + (row + 0.5) * step, 1), _short(days[row])) for row in reversed(rows)]


def _narrow_ticks(values: list[float]) -> tuple[list[float], Callable[[float], float]]:
    """Return round ticks around the values, not from zero, and where between 0 and 1 a value lies; shares of 1."""
    low, high = min(values), max(values)
    middle = (low + high) / 2
    low, high = min(low, middle - LEAST_SPAN / 2), max(high, middle + LEAST_SPAN / 2)
    step = next((step for step in STEPS if (high - low) / step <= 5), STEPS[-1])
    first, last = math.floor(round(low / step, 6)), math.ceil(round(high / step, 6))
    last = min(last, round(1 / step))
    ticks = [round(step * tick, 9) for tick in range(first, last + 1)]
    return ticks, lambda value: (value - ticks[0]) / (ticks[-1] - ticks[0])


def _span(found: Bin) -> str:
    return f"{100 * found.low:.0f}–{100 * found.high:.0f} %"


def _full(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _short(day: date) -> str:
    return date_format(day, "SHORT_DAY_FORMAT")
