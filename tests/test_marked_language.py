"""The test of the tests: what was never translated is found on a page, and nothing else."""

import pytest
from django.template import Context, Template

from tests.marked_language import speak_marked, unmarked_texts

NAMES = {"digitsite"}


@pytest.fixture(autouse=True)
def _marked(monkeypatch):
    speak_marked(monkeypatch)


def rendered(text: str, **context) -> str:
    return Template("{% load i18n %}" + text).render(Context(context))


@pytest.mark.parametrize(
    "text",
    [
        "<p>{% translate 'Two words' %}</p>",
        "<p>{% blocktranslate %}Read <b>the card</b> of {{ name }}{% endblocktranslate %}</p>",
        "<p>{% blocktranslate count n=2 %}{{ n }} mark{% plural %}{{ n }} marks{% endblocktranslate %}</p>",
        '<img alt="{% translate \'A digit\' %}" src="/no/words/here.png">',
        "<p>digitsite 4 – 99.7 %</p><pre>python manage.py</pre><p lang='en'>A card</p><p translate='no'>Liberation</p>",
    ],
)
def test_what_is_translated_is_not_found(text):
    assert unmarked_texts(rendered(text, name="Ada Lovelace"), NAMES) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<p>Two words</p>", "Two words"),
        ("<p>{% translate 'Two' %} and more</p>", "⟦Two⟧ and more"),
        ("<p>{{ name }}</p>", "Ada Lovelace"),
        ('<img alt="A digit">', "A digit"),
        ('<input type="submit" value="Send">', "Send"),
        ('<meta name="description" content="Reads digits">', "Reads digits"),
        ('<x-queue data-broken="Something broke."></x-queue>', "Something broke."),
        ("<svg><title>A chart</title></svg>", "A chart"),
    ],
)
def test_what_was_never_translated_is_found(text, found):
    assert unmarked_texts(rendered(text, name="Ada Lovelace"), NAMES) == [found]
