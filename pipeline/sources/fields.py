"""What readers share: one-line texts without markup, who publishes, and fields without those that are empty."""

import html
import re
from typing import Any

from resiliparse.extract.html2text import extract_plain_text

from pipeline.core.urls import host, publisher

_TITLE_CHARS = 160
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def clean(value: Any) -> str:
    """Return a text that UTF-8 can hold, without surrounding blanks; of anything but a text nothing."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode().strip()


def one_line(text: str, content_type: str = "text/html") -> str:
    """Return one line without markup, also where markup calls itself plain; what was escaped twice is unescaped."""
    is_plain = content_type == "text/plain" and not _TAG.search(text)
    return " ".join((html.unescape(text) if is_plain else extract_plain_text(text)).split())


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
