"""HTML pages that list articles, for sites without feeds: links by pattern, with title and date from beside them."""

from collections import Counter
from typing import Any

from resiliparse.parse.html import HTMLTree

from pipeline.core.feeds import Feed
from pipeline.core.publication_dates import read_date
from pipeline.sources.cards import Card, read_cards
from pipeline.sources.decoding import decode_page
from pipeline.sources.fields import beginning, clean, one_line, publisher_of, without_empty
from pipeline.sources.item import SourceError
from pipeline.sources.links import LinkPattern
from pipeline.sources.listing import Document, Listing

MAX_INDEX_BYTES = 5 * 1024 * 1024
# Shorter link texts ("Read more", "더보기") give way to a heading beside them.
_SHORT_CHARS = 12


def read_index_page(document: Document, feed: Feed) -> Listing:
    """Return the articles that a page links to, each once, in the page's order.

    `links` of the feed says which links those are. Raises SourceError where it says nothing, or nothing matches.
    """
    if not feed.links:
        raise SourceError("an index page needs `links`: a regular expression for its articles' addresses")
    if len(document.content) > MAX_INDEX_BYTES:
        raise SourceError(f"an index page of more than {MAX_INDEX_BYTES // 1024**2} MB")
    tree = HTMLTree.parse(decode_page(document.content, document.content_type))
    pattern = LinkPattern(feed.links, document.url)
    cards = read_cards(tree, document.url, pattern.chooses)
    if not cards:
        raise SourceError("no link of the page matches the pattern `links`")
    repeated = _repeated(cards)
    root = tree.document.query_selector("html") if tree.document is not None else None
    shared = {
        "source": publisher_of("", document.url),
        "language": clean(root.getattr("lang")) if root is not None else "",
        "feed_url": document.url,
    }
    entries = [without_empty(shared | _fields(card, repeated)) for card in cards]
    return Listing("index", one_line(tree.title or ""), [entry for entry in entries if "title" in entry])


def _fields(card: Card, repeated: set[str]) -> dict[str, Any]:
    return {"url": card.url, "title": beginning(_title(card, repeated)), "published_at": _published(card)}


def _title(card: Card, repeated: set[str]) -> str:
    """Return the heading that the link is in, else the longest of its texts, else the heading beside it.

    A text that several articles' links share, or a very short one, is a title only where there is nothing else.
    """
    if card.own_heading:
        return card.own_heading
    longest = max(card.texts, key=len, default="")
    if longest in repeated or len(longest) < _SHORT_CHARS:
        return card.heading or card.alternative or longest
    return longest


def _repeated(cards: list[Card]) -> set[str]:
    counts = Counter(text for card in cards for text in set(card.texts))
    return {text for text, count in counts.items() if count > 1}


def _published(card: Card) -> str | None:
    moment = read_date(card.date) if card.date else None
    return moment.isoformat() if moment else None
