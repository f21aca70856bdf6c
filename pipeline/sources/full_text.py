"""An entry of a list together with its own page: the page's text where it is the article's, the list's words beside it."""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.core.publication_dates import read_date
from pipeline.core.text.plain import plain_text
from pipeline.sources.fields import one_line

# Scripts that are written without spaces are compared by pairs of characters, other words by how they begin.
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
_WORDS = re.compile(rf"[{_UNSPACED}]+|[^\W{_UNSPACED}]+")
_PAIRS = re.compile(rf"[{_UNSPACED}]")
_STEM_CHARS = 5
_SHORT_WORD_CHARS = 3
_SHARE_TOLD = 1 / 3
# A page that is only for those who pay shows the first paragraphs; more than this is the article.
_RESTRICTED_CHARS = 1500
_HEAD_PARAGRAPHS = 3
_LISTED = ("title", "body", "content_type", "published_at")


def with_page(entry: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's fields with title and text of its page, and under `listed` what the list said.

    The address stays that of the entry: it is what the article is known by. A page's date counts where it says a time
    of day, else where the list has none. Where the page is not the article's (`page_issue`), the entry stays as it is;
    one that was only linked to then has an empty body.
    """
    if page_issue(entry, page):
        return {"body": ""} | dict(entry)
    listed = {name: entry[name] for name in _LISTED if entry.get(name)}
    title = _title(entry.get("title", ""), page.get("title", ""))
    fields = dict(entry) | {
        "title": title,
        "body": _after_headline(page["body"], {title, entry.get("title", "")}),
        "content_type": "text/plain",
    }
    if date := _date(entry.get("published_at"), page.get("published_at")):
        fields["published_at"] = date
    if language := entry.get("language") or page.get("language"):
        fields["language"] = language
    if listed.get("title"):
        fields["listed"] = {"body": ""} | listed
    return fields


def page_issue(entry: Mapping[str, Any], page: Mapping[str, Any]) -> str:
    """Return why a page's text is not taken for an entry's, in words; empty where it is.

    Consent forms, log-ins, error and challenge pages are known by what they do not say: the words of the headline.
    """
    text, title = page.get("body", ""), entry.get("title", "")
    teaser = one_line(entry.get("body", ""), entry.get("content_type", "text/html"))
    if page.get("is_front_page"):
        return "its address leads to the site's front page"
    if len(text.strip()) <= len(teaser):
        return "its page says no more than the list"
    if page.get("is_restricted") and len(text) < _RESTRICTED_CHARS:
        return "its page is for subscribers"
    if title and not _tells_of(title, text):
        return "its page does not speak of the headline"
    return "" if title or page.get("title") else "neither list nor page has a headline"


def _tells_of(title: str, text: str) -> bool:
    """Whether a text holds at least a third of a headline's words."""
    wanted = _stems(title)
    return not wanted or len(wanted & _stems(text)) >= _SHARE_TOLD * len(wanted)


def _stems(text: str) -> set[str]:
    stems = set()
    for word in _WORDS.findall(plain_text("", text, "text/plain").casefold()):  # without soft hyphens, in NFC
        if _PAIRS.match(word):
            stems |= {word[at : at + 2] for at in range(len(word) - 1)}
        elif len(word) > _SHORT_WORD_CHARS:
            stems.add(word[:_STEM_CHARS])
    return stems


def _title(listed: str, of_page: str) -> str:
    """Return the page's headline; the list's where the page only adds to it, or names something else (the site)."""
    is_same_news = not listed or (listed not in of_page and _tells_of(listed, of_page))
    return of_page if of_page and is_same_news else listed


def _after_headline(text: str, headlines: set[str]) -> str:
    """Return a text without what stands before and in its headline, where that is among its first paragraphs."""
    paragraphs = text.split("\n\n")
    for number, paragraph in enumerate(paragraphs[:_HEAD_PARAGRAPHS], start=1):
        if paragraph.strip() in headlines and number < len(paragraphs):
            return "\n\n".join(paragraphs[number:])
    return text


def _date(listed: str | None, of_page: str | None) -> str | None:
    if not of_page or not listed or read_date(listed) is None:
        return of_page or listed
    moment = read_date(of_page)
    has_time = ":" in of_page and moment is not None
    return of_page if has_time and _has_zone(of_page) else listed


def _has_zone(date: str) -> bool:
    return re.search(r"(?:[Zz]|GMT|UTC|[+-]\d\d:?\d\d)\s*$", date) is not None
