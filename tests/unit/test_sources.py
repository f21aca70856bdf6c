import gzip
import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.core.errors import RecordError, SettingsError
from pipeline.core.records import RawArticle
from pipeline.sources import Item, read_source
from pipeline.sources.json_lines import MAX_LINE_BYTES, read_json_lines

NOW = datetime(2026, 1, 9, 12, tzinfo=UTC)
GOOD = {"title": "Envoy arrives", "body": "The envoy arrived on Friday."}
LINE = json.dumps(GOOD).encode()


def _items(path: Path) -> list[Item]:
    return list(read_source(str(path), NOW))


def _article(item: Item) -> RawArticle:
    assert isinstance(item.result, RawArticle), item.result
    return item.result


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b'{"title": "cut off', "not JSON"),
        (b"\x00\x01\x89PNG\xff", "not JSON"),
        (b'{"title": "a", "body": "\xff"}', "not JSON"),
        (b'{"title": "a", "body": "\\ud800"}', "not JSON"),
        (b'{"title": "a", "body": NaN}', "not JSON"),
        (b"[1, 2]", "an article is an object"),
        (b"null", "an article is an object"),
        (b'{"body": "no title"}', "'title' is missing"),
        (b'{"title": " ", "body": "blank title"}', "'title' is blank"),
        (b'{"title": "no body"}', "'body' is missing"),
        (b'{"title": ["a"], "body": "b"}', "'title' is a list"),
        (b'{"title": "a", "body": 7}', "'body' is a int"),
        (b'{"title": "a", "body": "b", "published_at": {}}', "'published_at' is a dict"),
        (b'{"title": "a", "body": "b", "source": {"kind": "blog"}}', "'source'"),
    ],
)
def test_a_bad_line_is_an_item_that_says_why_and_the_next_is_unharmed(
    bad: bytes, why: str, tmp_path: Path
) -> None:
    """A line that is no article names its file and line and keeps its bytes; the lines around it are read."""
    file = tmp_path / "news.jsonl"
    file.write_bytes(LINE + b"\n" + bad + b"\n" + LINE + b"\n")
    before, item, after = _items(file)
    assert isinstance(item.result, RecordError)
    assert why in str(item.result)
    assert (item.position, item.raw) == (f"{file}:2", bad)
    assert _article(before).title == _article(after).title == "Envoy arrives"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + LINE + b"\n", id="byte order mark"),
        pytest.param(LINE + b"\r\n\r\n", id="CRLF and a blank line"),
        pytest.param(b"\n  \n" + LINE, id="blank lines before, none at the end"),
        pytest.param(json.dumps(GOOD | {"colour": "red", "x": [1]}).encode(), id="unknown fields"),
        pytest.param(gzip.compress(LINE), id="gzip without its suffix"),
    ],
)
def test_tolerated_forms_of_a_line(content: bytes, tmp_path: Path) -> None:
    """What does no harm is read as if it were not there."""
    file = tmp_path / "news.jsonl"
    file.write_bytes(content)
    [item] = _items(file)
    assert (_article(item).title, _article(item).body) == (GOOD["title"], GOOD["body"])


def test_nul_bytes_and_ten_megabytes_are_read(tmp_path: Path) -> None:
    """A NUL in a text and a very long body are no reason to refuse an article."""
    file = tmp_path / "news.jsonl"
    long = "x" * (10 * 1024 * 1024)
    file.write_text(json.dumps({"title": "a\x00b", "body": long}) + "\n" + LINE.decode())
    first, second = _items(file)
    assert len(_article(first).body) == len(long)
    assert _article(second).title == "Envoy arrives"


@pytest.mark.parametrize("date", ["1900-01-01T00:00:00Z", "2027-05-01T00:00:00Z"])
def test_an_implausible_date_is_kept_as_stated(date: str, tmp_path: Path) -> None:
    """Whether a date can be true is not for a source to say: it is passed on, never replaced by now."""
    file = tmp_path / "news.jsonl"
    file.write_text(json.dumps(GOOD | {"published_at": date}))
    [item] = _items(file)
    published = _article(item).published_at
    assert published is not None
    assert published.isoformat().startswith(date[:10])


def test_an_article_without_a_date_has_none(tmp_path: Path) -> None:
    """An undated article stays undated; when it was fetched is another field."""
    file = tmp_path / "news.jsonl"
    file.write_bytes(LINE)
    [item] = _items(file)
    assert (_article(item).published_at, _article(item).fetched_at) == (None, NOW)


def test_a_line_without_end_takes_no_more_memory_than_a_line_may() -> None:
    """Of an endless line a beginning is kept, and what follows the line is read."""
    stream = io.BytesIO(b"x" * (3 * MAX_LINE_BYTES) + b"\n" + LINE)
    endless, after = read_json_lines(stream, "news", NOW)
    assert isinstance(endless.result, RecordError)
    assert len(endless.raw) == MAX_LINE_BYTES + 1
    assert (after.position, _article(after).title) == ("news:2", "Envoy arrives")


@pytest.mark.parametrize(
    "name", ["empty.jsonl", "empty.json", "empty.txt", "empty.html", "empty", "empty.xml"]
)
def test_an_empty_file_holds_no_article(name: str, tmp_path: Path) -> None:
    """An empty file is neither an article nor an error."""
    (tmp_path / name).write_bytes(b"")
    assert _items(tmp_path / name) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("list.json", json.dumps([GOOD, GOOD | {"title": "Second"}]).encode()),
        ("lines.json", LINE + b"\n" + LINE),
        ("no-suffix", json.dumps([GOOD, GOOD], indent=2).encode()),
        ("no-suffix-lines", LINE + b"\n" + LINE),
    ],
)
def test_json_in_other_clothes(name: str, content: bytes, tmp_path: Path) -> None:
    """A JSON list of articles is read like lines of them, whatever the file is called."""
    (tmp_path / name).write_bytes(content)
    assert [_article(item).body for item in _items(tmp_path / name)] == [GOOD["body"]] * 2


def test_a_single_pretty_printed_object_is_one_article(tmp_path: Path) -> None:
    """A .json file may hold one article over many lines."""
    (tmp_path / "one.json").write_text(json.dumps(GOOD, indent=4))
    assert [_article(item).title for item in _items(tmp_path / "one.json")] == ["Envoy arrives"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "koi8-r"])
def test_a_text_file_is_one_article_whatever_its_encoding(encoding: str, tmp_path: Path) -> None:
    """The first line is the title and the rest the body, in the encodings that text comes in."""
    text = "Посол прибыл в Пхеньян\n\nПосол прибыл в столицу в пятницу, сообщило агентство. Его встретил министр.\n"
    (tmp_path / "note.txt").write_bytes(text.encode(encoding))
    [item] = _items(tmp_path / "note.txt")
    assert _article(item).title == "Посол прибыл в Пхеньян"


def test_binary_content_is_no_text(tmp_path: Path) -> None:
    """A picture under any name is an item that says that it is no article."""
    (tmp_path / "picture").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)) * 8)
    [item] = _items(tmp_path / "picture")
    assert isinstance(item.result, RecordError)


def test_a_damaged_archive_ends_with_an_item_that_says_so(tmp_path: Path) -> None:
    """What can be unpacked of a broken .gz is read; then it is said that more is missing."""
    packed = gzip.compress(
        b"\n".join([LINE] * 2000 + [json.dumps(GOOD | {"n": i}).encode() for i in range(9000)])
    )
    (tmp_path / "week.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    items = _items(tmp_path / "week.jsonl.gz")
    assert len(items) > 1
    assert "damaged gzip file" in str(items[-1].result)
    assert isinstance(items[0].result, RawArticle)


def test_a_missing_file_is_named() -> None:
    """A file that is not there ends the run with its name."""
    with pytest.raises(SettingsError, match=r"cannot read no/such\.jsonl"):
        list(read_source("no/such.jsonl", NOW))


def test_an_html_page_gives_title_date_address_and_main_text(tmp_path: Path) -> None:
    """What the head says of the article is taken from there, the text from the main part of the page."""
    paragraphs = "".join(
        f"<p>Paragraph {n} tells of the envoy at some length, as reports do.</p>" for n in range(8)
    )
    page = f"""<!doctype html><html lang="en"><head><title>Site | Envoy</title>
        <meta property="og:title" content="Envoy &amp; delegation arrive">
        <meta property="article:published_time" content="2026-01-08T09:00:00+09:00">
        <meta property="og:site_name" content="Example Times">
        <link rel="canonical" href="https://www.example.org/news/1"></head>
        <body><nav><a href="/">Home</a></nav><main><article><h1>Other</h1>{paragraphs}</article></main></body></html>"""
    (tmp_path / "page.html").write_text(page)
    [item] = _items(tmp_path / "page.html")
    article = _article(item)
    assert article.title == "Envoy & delegation arrive"
    assert article.published_at == datetime(2026, 1, 8, tzinfo=UTC)
    assert (article.url, article.language) == ("https://www.example.org/news/1", "en")
    assert (article.source.id, article.source.name) == ("example.org", "Example Times")
    assert "Paragraph 7" in article.body


def test_how_far_a_file_is_read_is_told(tmp_path: Path) -> None:
    """The bytes read so far grow up to the file's size, for a progress bar."""
    file = tmp_path / "news.jsonl"
    file.write_bytes((LINE + b"\n") * 500)
    told: list[int] = []
    assert len(list(read_source(str(file), NOW, told.append))) == 500
    assert told == sorted(told)
    assert told[-1] == file.stat().st_size


def test_every_page_of_the_corpus_goes_through(corpus: Path, tmp_path: Path) -> None:
    """Each real page gives one item, and nearly all give a title and a text of some length."""
    import tarfile

    with tarfile.open(corpus / "dev-pages.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    pages = sorted(tmp_path.rglob("*.html"))
    items = [item for page in pages for item in _items(page)]
    assert len(items) == len(pages)
    assert sum(
        isinstance(item.result, RawArticle) and len(item.result.body) > 400 for item in items
    ) >= 0.9 * len(pages)
