"""An HTML page: its main text, and what its head says of title, date, address, language and site."""

import html
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO
from urllib.parse import urlsplit

import htmldate
import re2
import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import DocumentNode, ElementNode, HTMLTree

from pipeline.sources.decoding import decode_page
from pipeline.sources.fields import one_line, publisher_of
from pipeline.sources.item import Item, SourceError
from pipeline.sources.links import absolute
from pipeline.sources.page_dates import linked_article, page_date, shown_date

MAX_PAGE_BYTES = 32 * 1024 * 1024
# What says anything of an article stands before that; the tree of a longer page takes hundreds of megabytes.
_MAX_PAGE_CHARS = 2_000_000
# Without its scripts no article's page is longer; what is takes seconds.
_MAX_TEXT_CHARS = 600_000
_MAX_META = 300
_TITLES = ("og:title", "twitter:title")
_MUCH_MORE = 2
_SEPARATORS = "-|–—:·•»«/"
# What is never text and makes up most of a page.
_SILENT = re2.compile(
    r"(?is)<(?:script|style|svg|template)\b.*?</(?:script|style|svg|template)\s*>|<!--.*?-->"
)


def read_html_page(stream: BinaryIO, name: str, fetched_at: datetime) -> Iterator[Item]:
    """Yield the page as one article, or why it is none; an empty file holds none."""
    content = stream.read(MAX_PAGE_BYTES + 1)
    if len(content) > MAX_PAGE_BYTES:
        yield Item(name, content, SourceError(f"a page of more than {MAX_PAGE_BYTES // 1024**2} MB"))
    elif content.strip():
        yield Item.of_fields(name, content, page_fields(content), fetched_at)


def page_fields(content: bytes, *, url: str = "", content_type: str = "") -> dict[str, Any]:
    """Return what a page says of itself as an article's fields; the body is its main text, in paragraphs.

    `url` is where it was found in the end, `content_type` what its server said it is. Beside an article's fields there
    may be `is_restricted` (its text is only for those who pay) and `is_front_page` (a redirect to the site's start).
    """
    markup = decode_page(content, content_type)[:_MAX_PAGE_CHARS]
    tree = HTMLTree.parse(markup)
    page = tree.document
    if page is None:
        return {"body": ""}
    meta = _meta(page)
    linked = linked_article(page)
    canonical = absolute(url, _canonical(page) or meta.get("og:url", ""))
    site = one_line(meta.get("og:site_name", ""), "text/plain")
    title = _title(page, meta, linked) or one_line(tree.title or "", "text/plain")
    title = _without_site(title, site)
    text_markup = _SILENT.sub(" ", markup)[:_MAX_TEXT_CHARS]
    fields = {
        "title": title,
        "body": _body(main_text(text_markup, title), linked),
        "url": canonical or url,
        "language": _attribute(page.query_selector("html"), "lang"),
        "published_at": page_date(page, meta, linked, url or canonical)
        or _date_in_text(text_markup)
        or shown_date(page),
        "source": publisher_of(site, canonical, url),
        "is_restricted": str(linked.get("isAccessibleForFree", "")).lower() == "false",
        "is_front_page": _is_front_page(url),
    }
    return {name: value for name, value in fields.items() if value or name == "body"}


def main_text(markup: str, title: str = "") -> str:
    """Return the paragraphs of a page's article, with a blank line between them; the headline is none of them."""
    found = trafilatura.extract(
        markup,
        fast=True,
        include_comments=False,
        with_metadata=False,
        deduplicate=False,
    )
    lines = [line.strip() for line in (found or "").split("\n")]
    if lines and lines[0] == title:
        del lines[0]
    return "\n\n".join(line for line in lines if line)


def _body(text: str, linked: dict[str, Any]) -> str:
    """Return the text, or that of the linked data where the page's script would have put it in."""
    stated = linked.get("articleBody")
    if not isinstance(stated, str) or len(stated) <= _MUCH_MORE * len(text):
        return text
    return str(extract_plain_text(stated)) if "<" in stated else stated


def _date_in_text(markup: str) -> str:
    """Return the day that the page shows beside its headline; no guess by the first date that stands anywhere."""
    return htmldate.find_date(markup, original_date=True, extensive_search=False) or ""


def _meta(page: DocumentNode) -> dict[str, str]:
    """Return the first value of each meta element, by its property, name or itemprop in lower case."""
    found: dict[str, str] = {}
    for element in page.get_elements_by_tag_name("meta")[:_MAX_META]:
        content = _attribute(element, "content")
        for attribute in ("property", "name", "itemprop"):
            if content and (name := _attribute(element, attribute).lower()):
                found.setdefault(name, content)
    return found


def _title(page: DocumentNode, meta: dict[str, str], linked: dict[str, Any]) -> str:
    stated = next((meta[name] for name in _TITLES if name in meta), None) or linked.get("headline")
    if isinstance(stated, str) and stated.strip():
        return one_line(stated, "text/plain")
    heading = page.query_selector("h1")
    return " ".join((heading.text or "").split()) if heading is not None else ""


def _without_site(title: str, site: str) -> str:
    """Return the title without the name of the site that pages put behind it."""
    if site and title.endswith(site):
        headline = title.removesuffix(site).rstrip()
        if headline and headline[-1] in _SEPARATORS:
            return headline.rstrip(_SEPARATORS + " ") or title
    return title


def _is_front_page(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # a broken IPv6 address
        return False
    return bool(parts.netloc) and parts.path in {"", "/"} and not parts.query


def _canonical(page: DocumentNode) -> str:
    return _attribute(page.query_selector('link[rel="canonical"]'), "href")


def _attribute(element: ElementNode | None, name: str) -> str:
    return html.unescape(element.getattr(name) or "").strip() if element is not None else ""
