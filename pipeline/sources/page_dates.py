"""When a page says that it was published: linked data, meta elements, <time>, its address, what it shows; never now."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from resiliparse.parse.html import DocumentNode

from pipeline.core.publication_dates import read_date

_META = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "article:published",
    "datepublished",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "publication_date",
    "publishdate",
    "publish-date",
    "publish_date",
    "pubdate",
    "date",
)
_TIMES = (
    'time[itemprop="datePublished"]',
    "time[pubdate]",
    "article time[datetime]",
    "main time[datetime]",
    "time[datetime]",
)
_PUBLISHED = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')
_ARTICLE_TYPES = ("article", "posting", "report")
# Year, month and day between slashes or dashes, or as eight digits that stand alone or begin a letter's number.
_IN_ADDRESS = re.compile(
    r"(?:[/_.=-](20\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?!\d)"
    r"|[/_.=-](20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|[a-zA-Z](20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))"
)
_NAMED_DATE = (
    '[class*="date" i], [id*="date" i], [class*="time" i], [id*="time" i], [itemprop="datePublished"]'
)
_OF_PUBLICATION = ("publ", "article", "post", "entry", "news", "written", "creat")
_CJK_GAP = re.compile(r"(?<=[年月])\s+(?=\d)")
_MAX_SHOWN = 20
_MAX_SHOWN_CHARS = 60
_MAX_READ_CHARS = 500
_MAX_NODES = 5000
_MAX_SCRIPTS = 20


def page_date(page: DocumentNode, meta: Mapping[str, str], linked: Mapping[str, Any], url: str) -> str:
    """Return the first of these dates that can be read, as it is written; empty where there is none."""
    candidates = (
        linked.get("datePublished"),
        *(meta.get(name) for name in _META),
        *_times(page),
        address_date(url),
    )
    return next((text for text in candidates if isinstance(text, str) and read_date(text) is not None), "")


def address_date(url: str) -> str:
    """Return the day that an address names (".../2026/01/09/..."), or nothing."""
    found = _IN_ADDRESS.search(url)
    return "-".join(part for part in found.groups() if part) if found else ""


def linked_article(page: DocumentNode) -> dict[str, Any]:
    """Return what the page's linked data (JSON-LD) says of the article; broken JSON may still tell its date."""
    found: dict[str, Any] = {}
    for script in page.query_selector_all('script[type="application/ld+json"]')[:_MAX_SCRIPTS]:
        text = script.text or ""
        for node in _nodes(text):
            if _is_article(node):
                return node
            if "datePublished" in node and not found:
                found = node
        if not found and (date := _PUBLISHED.search(text)):
            found = {"datePublished": date[1]}
    return found


def shown_date(page: DocumentNode) -> str:
    """Return the first date that an element shows that is called the date or time of an article or its publication.

    Anything else that is called a date may be the page's clock.
    """
    for element in page.query_selector_all(_NAMED_DATE)[:_MAX_SHOWN]:
        name = f"{element.class_name} {element.id}".lower()
        text = _CJK_GAP.sub("", " ".join((element.text or "")[:_MAX_READ_CHARS].split()))
        if (
            any(part in name for part in _OF_PUBLICATION)
            and len(text) <= _MAX_SHOWN_CHARS
            and read_date(text)
        ):
            return text
    return ""


def _times(page: DocumentNode) -> Iterator[str]:
    for selector in _TIMES:
        if (element := page.query_selector(selector)) is not None:
            yield (element.getattr("datetime") or element.getattr("content") or "").strip()


def _nodes(text: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON text, outer ones first."""
    try:
        waiting = deque([orjson.loads(text)])
    except orjson.JSONDecodeError:
        return
    seen = 0
    while waiting and seen < _MAX_NODES:
        seen += 1
        node = waiting.popleft()
        if isinstance(node, dict):
            yield node
            waiting += [value for value in node.values() if isinstance(value, dict | list)]
        elif isinstance(node, list):
            waiting += [value for value in node if isinstance(value, dict | list)]


def _is_article(node: Mapping[str, Any]) -> bool:
    types = node.get("@type")
    names = [
        name.lower() for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)
    ]
    return any(part in name for name in names for part in _ARTICLE_TYPES)
