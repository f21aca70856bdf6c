"""`pactwatch feeds check` against a real server on loopback."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from feed_site import Site, rss, serving
from typer.testing import CliRunner, Result

from pipeline.commands.feeds_check import check
from pipeline.feed_list import FeedListError
from pipeline.feed_list.looking import feed_links
from pipeline.sources.listing import Document

ENTRY = """<item><title>Посол России прибыл в Пхеньян {n}</title><link>https://e.org/{n}</link>
<pubDate>Fri, 09 Jan 2026 0{n}:00:00 GMT</pubDate><description>{body}</description></item>"""


def feed(body: str = "Коротко.", title: str = "Новости") -> str:
    """Return a feed with entries of these bodies."""
    entries = "".join(ENTRY.format(n=n, body=body) for n in range(1, 4))
    return f"<rss version='2.0'><channel><title>{title}</title><ttl>60</ttl>{entries}</channel></rss>"


@pytest.fixture
def site() -> Iterator[Site]:
    """A site that is up for the length of a test."""
    with serving(Site()) as up:
        yield up


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command where no Kafka runs."""
    monkeypatch.setenv("PACTWATCH_DATA_DIR", str(tmp_path / "data"))
    app = typer.Typer()
    app.command()(check)
    return lambda *arguments: CliRunner().invoke(app, ["--allow-private", *arguments])


def test_one_object_a_source(site: Site, run: Callable[..., Result], tmp_path: Path) -> None:
    """Files and addresses are checked without publishing; the exit code tells whether all are feeds."""
    site.pages["/feed"] = rss("a", "b")
    (tmp_path / "saved.xml").write_text(rss("a"))
    (tmp_path / "page.html").write_text("<p>no feed</p>")
    sources = [f"{site.url}/feed", str(tmp_path / "saved.xml"), str(tmp_path / "page.html"), "no/such.xml"]
    done = run("--json", *sources)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [one["source"] for one in found] == sources
    assert [(one["ok"], one["entries"], one["format"]) for one in found] == [
        (True, 2, "rss20"),
        (True, 1, "rss20"),
        (False, 0, None),
        (False, 0, None),
    ]
    assert found[3]["error"] == "No such file or directory"


def test_private_networks_are_refused_unless_allowed(site: Site) -> None:
    """Without --allow-private nothing on this machine is asked."""
    app = typer.Typer()
    app.command()(check)
    refused = CliRunner().invoke(app, ["--json", f"{site.url}/feed"])
    assert "not on the public Internet" in json.loads(refused.stdout)["error"]
    assert site.requests == {}


def test_programs_are_told_what_would_be_read(site: Site, run: Callable[..., Result]) -> None:
    """Title, language, entries with dates, and how much of the articles is there."""
    site.pages["/feed"] = feed()
    found = json.loads(run("--json", f"{site.url}/feed").stdout)
    assert (found["title"], found["language"], found["text"], found["via"]) == (
        "Новости",
        "ru",
        "teasers",
        "feed",
    )
    assert found["ttl_seconds"] == 3600
    assert len(found["items"]) == 3
    assert found["items"][0]["url"] == "https://e.org/1"
    assert found["items"][0]["published_at"].startswith("2026-01-09T01:00")


@pytest.mark.parametrize(("body", "text"), [("слово " * 200, "full"), ("Коротко.", "teasers"), ("", "none")])
def test_whole_articles_are_told_from_teasers(
    body: str, text: str, site: Site, run: Callable[..., Result]
) -> None:
    """By the length of what the entries hold."""
    site.pages["/feed"] = feed(body)
    assert json.loads(run("--json", f"{site.url}/feed").stdout)["text"] == text


def test_a_person_reads_form_publisher_and_entries(site: Site, run: Callable[..., Result]) -> None:
    """What a feed calls itself reaches the terminal without escapes."""
    site.pages["/feed"] = feed(title="News\x1b[2J desk".replace("\x1b", "&amp;#27;"))
    shown = run(f"{site.url}/feed")
    assert shown.exit_code == 0
    for part in (
        "rss20, 3 entries, 2026-01-09 01:00 to 2026-01-09 03:00",
        "language  ru",
        "teasers",
        "Пхеньян 3",
    ):
        assert part in shown.stdout
    assert "\x1b" not in shown.stdout


PAGE = """<!doctype html><html><head><title>Site</title>
<link rel="alternate stylesheet" type="text/css" href="/x.css">
<link rel="Alternate" type="application/rss+xml" title="All &amp; everything" href="/feed">
<link rel="alternate" type="application/atom+xml" href="atom.xml">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" href="http://[broken">
</head><body></body></html>"""


def test_a_page_that_is_no_feed_names_its_feeds(site: Site, run: Callable[..., Result]) -> None:
    """Of an HTML page the feeds that its head names are shown, and the exit code says that it is none itself."""
    site.pages["/news/"] = PAGE
    shown = run(f"{site.url}/news/")
    assert shown.exit_code == 1
    assert f"{site.url}/feed All & everything" in shown.stdout
    links = feed_links(Document("https://e.org/news/", PAGE.encode(), "text/html"))
    assert [link.url for link in links] == ["https://e.org/feed", "https://e.org/news/atom.xml"]


SITEMAPS = {
    "/sitemap.xml": "<sitemapindex><sitemap><loc>{url}/news.xml</loc></sitemap></sitemapindex>",
    "/news.xml": "<urlset><url><loc>{url}/a</loc></url><url><loc>{url}/b</loc></url></urlset>",
}


def test_a_sitemap_is_known_by_its_form(site: Site, run: Callable[..., Result]) -> None:
    """Nobody need say that it is one, and an index of them is followed."""
    site.pages |= {path: page.format(url=site.url) for path, page in SITEMAPS.items()}
    found = json.loads(run("--json", f"{site.url}/sitemap.xml").stdout)
    assert (found["ok"], found["via"], found["entries"], found["text"]) == (True, "sitemap", 2, "none")


def test_an_index_page_is_read_by_its_pattern(site: Site, run: Callable[..., Result]) -> None:
    """With --links a page's articles are listed; a pattern that is none is named."""
    site.pages["/news/"] = (
        "<a href='/news/17'>The minister has arrived in Moscow</a><a href='/about'>About</a>"
    )
    found = json.loads(run("--json", f"{site.url}/news/", "--links", r"/news/\d+").stdout)
    assert [item["url"] for item in found["items"]] == [f"{site.url}/news/17"]
    wrong = run(f"{site.url}/news/", "--links", "(")
    assert isinstance(wrong.exception, FeedListError)
    assert "no regular expression" in str(wrong.exception)


def test_with_text_from_the_page_the_first_article_is_tried(site: Site, run: Callable[..., Result]) -> None:
    """How much text its page gives is said, or why it gives none."""
    story = "The minister has arrived in Moscow for talks, the ministry said. " * 20
    site.pages["/1"] = f"<html><body><h1>Minister arrives</h1><article><p>{story}</p></article></body></html>"
    entry = f"<item><title>Minister arrives in Moscow</title><link>{site.url}/1</link></item>"
    site.pages["/feed"] = f"<rss version='2.0'><channel><title>T</title>{entry}</channel></rss>"
    page = json.loads(run("--json", "--text", "page", f"{site.url}/feed").stdout)["page"]
    assert page["url"] == f"{site.url}/1"
    assert page["chars"] > 1000
    assert "characters of the first article" in run("--text", "page", f"{site.url}/feed").stdout
    site.pages["/robots.txt"] = "User-agent: *\nDisallow: /"
    assert (
        "robots.txt"
        in json.loads(run("--json", "--text", "page", f"{site.url}/feed").stdout)["page"]["issue"]
    )
    del site.pages["/1"], site.pages["/robots.txt"]
    assert "404" in json.loads(run("--json", "--text", "page", f"{site.url}/feed").stdout)["page"]["issue"]


def test_a_folder_is_looked_through(run: Callable[..., Result], tmp_path: Path) -> None:
    """Its files' articles are listed."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a.jsonl").write_text(
        '{"title": "One", "body": "b"}\n{"title": "Two", "body": "b"}'
    )
    found = json.loads(run("--json", str(tmp_path / "papers")).stdout)
    assert (found["via"], found["format"], sorted(item["title"] for item in found["items"])) == (
        "directory",
        "directory",
        ["One", "Two"],
    )


def write_profile(folder: Path, *feeds: str) -> str:
    """Write a profile with feeds of these addresses."""
    folder.mkdir()
    (folder / "profile.toml").write_text('id = "own"\nname = "Own"\nparties = ["KP", "RU"]\n')
    tables = [
        f'[[feed]]\nid = "f{n}"\nname = "The feed {n}"\nfamily = "f"\nurl = "{url}"\n'
        for n, url in enumerate(feeds)
    ]
    (folder / "feeds.toml").write_text("\n".join(tables))
    return str(folder)


def test_without_a_source_every_feed_is_checked(
    site: Site, run: Callable[..., Result], tmp_path: Path
) -> None:
    """Where no Kafka runs it is the profile's list; a line each says what is there, or why not."""
    site.pages["/0"] = site.pages["/1"] = site.pages["/3"] = feed()
    profile = write_profile(tmp_path / "own", *(f"{site.url}/{n}" for n in range(4)))
    shown = run("--profile", profile)
    assert shown.exit_code == 1
    assert "checking the feeds of Own instead" in shown.stderr
    assert "4 feeds, 1 of them cannot be read" in shown.stderr
    rows: dict[str, Any] = {line.split()[0]: line for line in shown.stdout.splitlines()}
    assert "ok" in rows["f1"]
    assert "404" in rows["f2"]


def test_a_feed_of_the_profile_is_named_by_its_id(
    site: Site, run: Callable[..., Result], tmp_path: Path
) -> None:
    """Then what the list says of it stands: name, family and how it is read."""
    site.pages["/0"] = feed().replace("https://e.org/1", f"{site.url}/first")
    profile = write_profile(tmp_path / "own", f"{site.url}/0")
    found = json.loads(run("--json", "--profile", profile, "f0").stdout)
    assert (found["source"], found["publisher"]["name"], found["entries"]) == ("f0", "The feed 0", 3)
    assert found["page"] is None
    tried = json.loads(run("--json", "--profile", profile, "--text", "page", "f0").stdout)
    assert (tried["publisher"]["name"], tried["page"]["url"]) == ("The feed 0", f"{site.url}/first")
