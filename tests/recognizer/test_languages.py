"""Two languages: how one is chosen, and that no page, whatever its state, holds a sentence that was never translated."""

import re
from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, get_resolver, resolve
from django.utils import translation

from recognizer.models import ModelVersion
from tests.marked_language import speak_marked, unmarked_texts
from tests.pictures import png_of
from tests.recognizer.full_site import fill_site

NAMES = {
    *("digitsite", "CNN", "MLP", "NumPy", "Keras", "MNIST", "API", "IDX", "PNG", "JSON", "CSV", "SHA", "Esc", "UTC"),
    *("ada", "cnn", "mlp", "numpy", "png"),  # whoever looks, the kinds of network, a file's suffix
    *("English", "Deutsch"),
}
MOST_OF_A_KIND = 12
"""So many addresses of one view are looked at."""
NO_PAGES = re.compile(
    r"/(api/v1/schema|api/v1/docs|static)/|/(image|thumbnail|download|progress|next)/|\.(csv|npz|zip|png)$"
)


def crawled(client: Client, *starts: str) -> dict[str, str]:
    """Return the pages that can be reached from here by links, by address; of each view only some."""
    pages, seen, waiting = {}, Counter(), deque(starts)
    known = set(starts)
    while waiting:
        address = waiting.popleft()
        answer = client.get(address, HTTP_ACCEPT="text/html")
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        pages[address] = answer.content.decode()
        for link in re.findall(r'<a\b[^>]*\shref="([^"#]+)', pages[address]):
            target = urljoin(address, link.replace("&amp;", "&"))
            if urlsplit(target).netloc or target in known or NO_PAGES.search(urlsplit(target).path):
                continue
            try:
                view = resolve(urlsplit(target).path).view_name
            except Resolver404:
                continue
            if seen[view] < MOST_OF_A_KIND and not (view or "").endswith(("logout", "export")):
                seen[view] += 1
                known.add(target)
                waiting.append(target)
    return pages


def problems_of(pages: dict[str, str]) -> dict[str, list[str]]:
    """Return what was never translated, with the first address at which it stands."""
    found = {}
    for address, page in pages.items():
        for text in unmarked_texts(page, NAMES):
            found.setdefault(text, address)
    return found


@pytest.fixture
def marked(monkeypatch):
    """Let every message that is translated say so."""
    speak_marked(monkeypatch)


@pytest.fixture
def full_site(real_network: ModelVersion, django_user_model) -> Client:
    """Return the client of a superuser on a site that has something of everything."""
    ada = django_user_model.objects.create_superuser("ada")
    fill_site(real_network, ada)
    client = Client()
    client.force_login(ada)
    return client


def test_every_page_that_a_superuser_can_reach_is_translated(full_site, marked):
    pages = crawled(full_site, "/")

    assert {resolve(urlsplit(address).path).view_name for address in pages} >= {
        *("draw", "upload", "history", "picture", "models", "model", "review", "dashboard", "dashboard-confusion"),
        *("exports", "trainings", "training", "about", "privacy", "account", "password_change"),
    }
    found = problems_of(pages)
    import os, json
    if os.environ.get("H6"): open(os.environ["H6"], "w").write(json.dumps(found, indent=1, ensure_ascii=False))
    assert found == {}
