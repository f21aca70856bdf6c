"""Why an article was tagged so: marks in the text, what made each event, and a page that runs nothing."""

import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.core.articles import read_article
from pipeline.core.entities import EntityFinder
from pipeline.core.events import EventTagger
from pipeline.core.layers import Layer
from pipeline.explaining.explained import Explained, as_values, explained
from pipeline.explaining.page import page
from pipeline.explaining.sources import written_at
from pipeline.explaining.terminal import print_explained
from pipeline.profiles import load_profile, profile_layers

PROFILE = load_profile("dprk-russia")
FIND, TAG = EntityFinder(PROFILE), EventTagger(PROFILE)
BASES, OWN = profile_layers("dprk-russia")
SOURCES = written_at([*BASES, Layer("dprk-russia", OWN.files)])
TITLE = "About 10,000 North Korean troops arrive in Kursk"
BODY = (
    "Vladimir Putin sent Kim Jong Un a letter on Thursday, KCNA said. "
    "About 10,000 North Korean soldiers have arrived in Russia's Kursk region, Mark Rutte said."
)


def explain(title: str = TITLE, body: str = BODY) -> Explained:
    """Explain an article by the shipped profile."""
    fields = {
        "title": title,
        "body": body,
        "published_at": "2025-01-10",
        "language": "en",
        "source": "A <b>Wire</b>",
    }
    article = read_article(fields, fetched_at=datetime(2026, 1, 1, tzinfo=UTC))
    return explained(TAG(FIND(article)), TAG.triggers, PROFILE.names, SOURCES)


def printed(it: Explained) -> str:
    """Return what is printed where there are no colours."""
    out = StringIO()
    print_explained(Console(file=out, width=100, highlight=False), it)
    return out.getvalue()


@given(st.text(alphabet=st.sampled_from("Kim Putin sent a letter. \n북한군이<&\x1b[")), st.text(max_size=40))
def test_the_pieces_are_the_text(title: str, body: str) -> None:
    """Whatever the text, its pieces put together are the text, and each says where it stands."""
    it = explain(f"Kim {title}", f"Kim Jong Un sent a letter to Putin. {body}")
    assert "".join(piece.text for piece in it.segments) == it.article.text
    assert all(it.article.text[piece.start : piece.end] == piece.text for piece in it.segments)


def test_each_event_says_what_made_it() -> None:
    """An event names its entry with file and line, its rule, the words that told it, and where its slots stand."""
    values = as_values(explain())
    letter = next(told for told in values["events"] if told["event"]["type"] == "statement")
    assert (letter["entry"], letter["rule"]) == ("letter", "message")
    assert [word["text"] for word in letter["triggers"]] == ["letter"]
    path, _, line = letter["written_at"][0].rpartition(":")
    layer = next(layer for layer in BASES if path.startswith(f"{layer.name}/"))
    assert layer.files[path.removeprefix(f"{layer.name}/")].splitlines()[int(line) - 1] == 'id = "letter"'
    spans = {
        slot["slot"]: [values["text"][s["start"] : s["end"]] for s in slot["spans"]]
        for slot in letter["slots"]
    }
    assert spans["actors"] == ["Vladimir Putin"]
    assert spans["recipients"] == ["Kim Jong Un"]
    assert spans["when"] == ["Thursday"]


def test_a_figure_is_shown_with_its_words() -> None:
    """The deployment's figure is read from the words that say it."""
    values = as_values(explain())
    deployment = next(told for told in values["events"] if told["event"]["type"] == "deployment")
    (figure,) = (slot for slot in deployment["slots"] if slot["slot"] == "quantity")
    assert "10,000" in figure["value"]
    assert [values["text"][s["start"] : s["end"]] for s in figure["spans"]] == ["About 10,000"]


def test_an_inferred_party_goes_by_its_name() -> None:
    """A party that the text does not name is shown by name as well, and no words are claimed for it."""
    it = explain("Troops", "About 10,000 North Korean soldiers have arrived in Kursk, Mark Rutte said.")
    (deployment,) = as_values(it)["events"]
    assert [(s["value"], s["spans"]) for s in deployment["slots"] if s["slot"] == "recipients"] == [
        ("Russia", [])
    ]


def test_without_colours_names_stand_in_brackets_and_sentences_end_in_numbers() -> None:
    """Plain text shows the same marks."""
    shown = printed(explain())
    assert "[Vladimir Putin] sent [Kim Jong Un] a letter" in shown
    assert "[Mark Rutte] said. (1)" in shown or "[Kursk] (1)" in shown
    assert "\x1b" not in shown


def test_an_article_without_events_says_so() -> None:
    """Nothing of the alliance: that is said."""
    it = explain("Rain", "It rained.")
    assert "no event of the alliance" in printed(it)
    assert "No event of the alliance." in "".join(page([it]))


HOSTILE = (
    "Kim Jong Un sent Putin a letter <script>alert(1)</script> <img src=x onerror=alert(1)> \"x\" 'y' &amp;"
)


def test_the_page_runs_nothing_of_an_article() -> None:
    """Markup in a title, a body or a source's name is shown as text, and the page forbids scripts."""
    text = "".join(page([explain(HOSTILE, f"{HOSTILE} Vladimir Putin said.")]))
    assert "<script" not in text
    assert "<img" not in text
    assert "<b>Wire</b>" not in text
    assert "A &lt;b&gt;Wire&lt;/b&gt;" in text
    assert "&quot;x&quot;" in text
    assert "default-src 'none'" in text


def test_the_page_links_events_and_sentences() -> None:
    """Each event leads to its sentence and back; every link has its target."""
    text = "".join(page([explain(), explain()]))
    targets = {part.split('"')[0] for part in text.split(' id="')[1:]}
    links = [part.split('"')[0] for part in text.split('href="#')[1:]]
    assert {"a1-e1", "a1-s1", "a2-e1", "a2-s1"} <= targets
    assert set(links) <= targets
    assert text.count(' id="') == len(targets)


@pytest.mark.parametrize("escape", ["\x1b[31m", "\x1b]0;title\x07", "\u202e", "\x07"])
def test_nothing_of_an_article_steers_the_terminal(escape: str) -> None:
    """Escape sequences and direction marks of a text do not reach the terminal."""
    shown = printed(
        explain(f"Kim Jong Un {escape}sent Putin a letter", f"Putin {escape} thanked Kim Jong Un.")
    )
    assert not set(escape) & {"\x1b", "\u202e", "\x07"} & set(shown)


def test_the_values_are_json() -> None:
    """The plain values are JSON."""
    values = json.loads(json.dumps(as_values(explain()), default=str))
    assert values["title"] == TITLE
    assert [told["number"] for told in values["events"]] == list(range(1, len(values["events"]) + 1))
