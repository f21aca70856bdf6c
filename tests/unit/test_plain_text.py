"""Plain text is what a reader of the page would see, and nothing else."""

import textwrap
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.text.plain import plain_text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("One line.", "One line."),
        ("  One\t line.\r\nTwo.\r\n\r\n\r\n\r\nThree. ", "One line.\nTwo.\n\nThree."),
        ("A\u00a0B\u3000C", "A B C"),
        ("mis\u00adsile \u200bKim\u200e \ufeffUn\u202e", "missile Kim Un"),
        ("bell\x07 and NUL\x00 go", "bell and NUL go"),
        ("Core\u0301e", "Corée"),
        ("<p>One &amp; two.</p><p>Three<br>four.</p>", "One & two.\n\nThree\nfour."),
        ("Feeds say &#8220;so&#8221; &amp; &quot;so&quot;", 'Feeds say “so” & "so"'),
        ("<script>alert(1)</script><style>p {}</style>Seen.", "Seen."),
        ("<![CDATA[<b>Bold</b> claim]]>", "Bold claim"),
        ("&lt;b&gt; stays text", "<b> stays text"),
        (
            "He read <Rodong Sinmun> and <Kim Jong Un> today",
            "He read <Rodong Sinmun> and <Kim Jong Un> today",
        ),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("AT&T and R&D;", "AT&T and R&D;"),
        ('Cut short <a href="https://example.org/very-long', "Cut short"),
        ("북한군\u200b이", "북한군이"),
    ],
)
def test_the_body_reads_as_it_is_seen(body: str, text: str) -> None:
    """Markup that feeds escape into plain fields is rendered, unseen characters go, paragraphs stay."""
    assert plain_text("Title", body, "text/plain") == f"Title\n\n{text}"


def test_html_says_what_it_shows() -> None:
    """A page's scripts, comments and tags are no text."""
    page = "<html><head><title>No</title></head><body><!-- no --><h1>Yes</h1><p>Also</p></body></html>"
    assert plain_text("Title", page, "text/html") == "Title\n\nYes\n\nAlso"


def test_a_title_is_one_line() -> None:
    """Markup and line ends in a title do not break it."""
    assert plain_text(" A <b>bold</b>\ntitle &amp; more ", "", "text/plain") == "A bold title & more"


def test_a_wrapped_paragraph_is_one_line() -> None:
    """Lines that were broken at a width are joined again; lists and short lines stay."""
    words = "The minister went to the capital and spoke of what had been agreed in the week before that. " * 4
    wrapped = textwrap.fill(words, 70)
    items = "\n".join(f"{n} is an item of a list that is as long as a wrapped line is." for n in range(4))
    text = plain_text("T", f"{wrapped}\n\n{items}\n\nShort.\nShort.\nShort.", "text/plain")
    assert text == f"T\n\n{words.strip()}\n\n{items}\n\nShort.\nShort.\nShort."


def test_an_accent_joins_its_letter_once_nothing_unseen_stands_between() -> None:
    """What is removed between a letter and its combining accent leaves one character behind, as NFC has it."""
    assert plain_text("T", "A\x08\u0300", "text/plain") == "T\n\n\u00c0"


@given(
    st.text(alphabet=st.characters(blacklist_categories=["Cs"])), st.sampled_from(["text/plain", "text/html"])
)
def test_any_text_comes_out_clean(body: str, content_type: str) -> None:
    """Whatever comes in, what comes out is NFC, has no control character, no double space and no wide gap."""
    text = plain_text("T", body, content_type)
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in text)
    assert "  " not in text
    assert "\n\n\n" not in text
    assert text == text.strip()
