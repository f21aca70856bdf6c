"""Which links of a list lead to articles: those that the profile's pattern matches, on the list's own site."""

from collections.abc import Callable
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

import re2

from pipeline.core.urls import host, publisher
from pipeline.sources.item import SourceError

MAX_LINK_CHARS = 2048
_NAMES_A_SITE = "://"


class LinkPattern:
    """Chooses links by a regular expression, searched in the absolute address by RE2, which takes linear time.

    Only links of the list's own site count, unless the expression itself names one (has "://" in it).
    Raises SourceError where it is no regular expression.
    """

    def __init__(self, pattern: str, list_url: str) -> None:
        self._matches = searched_by(pattern)
        self._site = None if _NAMES_A_SITE in pattern else publisher(host(list_url))

    def chooses(self, link: str) -> bool:
        """Whether an absolute address is that of an article."""
        address = host(link)
        if not address or (self._site is not None and publisher(address) != self._site):
            return False
        return self._matches(link)


def searched_by(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a text holds a match of the expression. Raises SourceError where it is none."""
    search = _compiled(pattern).search
    return lambda text: search(text) is not None


def absolute(base: str, link: str) -> str:
    """Return a link as an absolute address without its fragment; empty where it is no web address."""
    link = "".join(link.split("\n")).strip() if "\n" in link else link.strip()
    if not link or link.startswith(("#", "javascript:", "mailto:")) or len(link) > MAX_LINK_CHARS:
        return ""
    try:
        joined = urljoin(base, link)
        return joined.partition("#")[0] if urlsplit(joined).scheme in {"http", "https"} else ""
    except ValueError:  # a broken IPv6 address
        return ""


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> "re2._Regexp":
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise SourceError(f"links: no regular expression: {error}") from error
