"""An HTML page: its main text, and what its head says of title, date, address, language and site."""

import html
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import detect_encoding
from resiliparse.parse.html import DocumentNode, ElementNode, HTMLTree

from pipeline.core.urls import host, publisher
from pipeline.sources.item import Item, SourceError

MAX_PAGE_BYTES = 32 * 1024 * 1024
_TITLES = ("og:title", "twitter:title")
_DATES = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "date",
    "pubdate",
)
_LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{4,40})"')


def read_html_page(stream: BinaryIO, name: str, fetched_at: datetime) -> Iterator[Item]:
    """Yield the page as one article, or why it is none; an empty file holds none."""
    content = stream.read(MAX_PAGE_BYTES + 1)
    if len(content) > MAX_PAGE_BYTES:
        yield Item(name, content, SourceError(f"a page of more than {MAX_PAGE_BYTES // 1024**2} MB"))
    elif content.strip():
        yield Item.of_fields(name, content, page_fields(content), fetched_at)


def page_fields(content: bytes) -> dict[str, Any]:
    """Return what a page says of itself as an article's fields; the body is its main text."""
    tree = HTMLTree.parse_from_bytes(content, detect_encoding(content, from_html_meta=True) or "utf-8")
    page = tree.document
    if page is None:
        return {}
    meta = _meta(page)
    url = _canonical(page) or meta.get("og:url")
    fields = {
        "title": _first(meta, _TITLES) or _heading(page) or tree.title,
        "body": extract_plain_text(tree, main_content=True, preserve_formatting=True),
        "url": url,
        "language": _attribute(page.query_selector("html"), "lang"),
        "published_at": _first(meta, _DATES) or _date_in_page(page),
        "source": _source(meta.get("og:site_name", ""), host(url) if url else ""),
    }
    return {name: value for name, value in fields.items() if value or name == "body"}


def _source(name: str, address: str) -> dict[str, str] | str:
    return {"id": address, "name": name or address, "family": publisher(address)} if address else name


def _meta(page: DocumentNode) -> dict[str, str]:
    """Return the first value of each meta element, by its property, name or itemprop in lower case."""
    found: dict[str, str] = {}
    for element in page.get_elements_by_tag_name("meta"):
        content = _attribute(element, "content")
        for attribute in ("property", "name", "itemprop"):
            if content and (name := _attribute(element, attribute).lower()):
                found.setdefault(name, content)
    return found


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _canonical(page: DocumentNode) -> str:
    return _attribute(page.query_selector('link[rel="canonical"]'), "href")


def _heading(page: DocumentNode) -> str:
    heading = page.query_selector("h1")
    return " ".join((heading.text or "").split()) if heading is not None else ""


def _date_in_page(page: DocumentNode) -> str:
    """Return the date of the page's linked data, else of its first <time> element."""
    for script in page.query_selector_all('script[type="application/ld+json"]'):
        if found := _LINKED_DATE.search(script.text or ""):
            return found[1]
    return _attribute(page.query_selector("time[datetime]"), "datetime")


def _attribute(element: ElementNode | None, name: str) -> str:
    return html.unescape(element.getattr(name) or "").strip() if element is not None else ""
