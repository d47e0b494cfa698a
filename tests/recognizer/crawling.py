"""All pages of the site that links lead to."""

import re
from collections import Counter, deque
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

LINK = re.compile(r'<(?:a|form method="get")\b[^>]*\s(?:href|action)="([^"#]+)')
COSTLY = {"glyph-why": 2}
"""So many at most of pages for which networks have to be asked."""
NO_PAGES = re.compile(r"^/(?:api|static)/|/(?:image|thumbnail|download|logout)/|^/exports/.|\.csv$")


def view_of(address: str) -> str | None:
    """Return the name of the view that answers an address of the site, None where none does."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None


def crawled(client: Client, *starts: str, most: int = 8, leaving_out: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the pages that links lead to from these addresses; of one view only so many, of some views none."""
    pages, seen = {}, Counter()
    known, waiting = set(starts), deque(starts)
    while waiting:
        address = waiting.popleft()
        answer = client.get(address, headers={"Accept": "text/html"})
        if not answer["Content-Type"].startswith("text/html"):
            continue
        pages[address] = answer.content.decode()
        for link in LINK.findall(pages[address]):
            target = urljoin(address, link.replace("&amp;", "&"))
            view = view_of(target)
            is_page = not urlsplit(target).netloc and not NO_PAGES.search(urlsplit(target).path)
            if (
                target not in known
                and is_page
                and view not in (None, *leaving_out)
                and seen[view] < COSTLY.get(view, most)
            ):
                seen[view] += 1
                known.add(target)
                waiting.append(target)
    return pages
