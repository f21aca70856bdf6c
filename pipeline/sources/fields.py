"""What readers share: one-line texts without markup, who publishes, and fields without those that are empty."""

import html
import re
from typing import Any

from resiliparse.extract.html2text import extract_plain_text

from pipeline.core.urls import host, publisher

_TITLE_CHARS = 160
_MOST_ESCAPES = 2
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def clean(value: Any) -> str:
    """Return a text that UTF-8 can hold, without surrounding blanks; of anything but a text nothing."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode().strip()


def one_line(text: str, content_type: str = "text/html") -> str:
    """Return one line without markup, also where markup calls itself plain or was escaped twice.

    What cannot be seen goes: control characters, soft hyphens, and what turns the direction of reading.
    """
    is_plain = content_type == "text/plain" and not _TAG.search(text)
    line = html.unescape(text) if is_plain else extract_plain_text(text)
    for _ in range(_MOST_ESCAPES):
        if not _TAG.search(line):
            break
        line = extract_plain_text(line)
    return " ".join(_UNSEEN.sub("", _CONTROL.sub(" ", line)).split())


def beginning(text: str) -> str:
    """Return what stands for the title of an entry that has none, as short messages have."""
    if len(text) <= _TITLE_CHARS:
        return text
    return text[:_TITLE_CHARS].rpartition(" ")[0] or text[:_TITLE_CHARS]


def publisher_of(name: str, *addresses: str) -> dict[str, str] | None:
    """Return who publishes under the first of these that is a web address, by the name it gives itself."""
    site = next((site for address in addresses if (site := host(address))), "")
    if site:
        return {"id": site, "name": name or site, "family": publisher(site)}
    return {"name": name} if name else None


def without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that say something; a body may be empty."""
    return {name: value for name, value in fields.items() if value or name == "body"}
