"""A watch profile is read whole and any contradiction in it is named."""

from pathlib import Path

import pytest

from pipeline.core.errors import ProfileError
from pipeline.core.profile import parse_profile
from pipeline.profiles import load_profile, sample_articles

HEADER = 'id = "two"\nname = "Two countries"\nparties = ["AA", "BB"]\n'
PERSON = '[[entity]]\nid = "Q1"\nname = "Ann Example"\nkind = "person"\ncountry = "AA"\naliases.en = ["Ann Example"]\n'
PLACE = '[[entity]]\nid = "town"\nname = "Town"\nkind = "place"\ncountry = "AA"\n'
FEED = '[[feed]]\nurl = "https://example.org/rss"\nid = "example"\nname = "Example"\nfamily = "example"\n'


def test_a_profile_holds_what_its_files_say() -> None:
    """Entities, feeds and the raw event vocabulary of all files are in the profile."""
    profile = parse_profile(
        {
            "profile.toml": HEADER,
            "entities/people.toml": PERSON,
            "events/meeting.toml": 'type = "meeting"\n',
            "feeds.toml": FEED,
            "samples/articles.jsonl": "{}",
        }
    )
    assert profile.parties == ("AA", "BB")
    assert profile.by_id["Q1"].aliases == {"en": ("Ann Example",)}
    assert profile.vocabulary == {"meeting": {"type": "meeting"}}
    assert [feed.kind for feed in profile.feeds] == ["other"]


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("profile.toml", "id = ", "profile.toml: not TOML"),
        ("profile.toml", 'id = "two"\nname = "Two"\nparties = ["Aa"]', "parties"),
        ("profile.toml", HEADER + "partys = []", "partys"),
        ("stray.toml", "", "stray.toml: unknown file"),
        ("entities/b.toml", PERSON, "entity 'Q1': the id is already used in entities/a.toml"),
        (
            "entities/b.toml",
            PERSON.replace("Q1", "Q2"),
            "'Ann Example' (en) already names 'Q1' in entities/a.toml",
        ),
        ("entities/b.toml", PERSON.replace("Q1", "Q2").replace('"person"', '"persona"'), "persona"),
        ("entities/b.toml", PERSON.replace("Q1", "Q2").replace("kind", "sort"), "entity 'Q2' (number 1)"),
        ("entities/b.toml", PERSON.replace("Q1", "Q2").replace('"AA"', '"Aaland"'), "$.country"),
        ("entities/b.toml", '[[entity]]\nid = "Q2"\nkind = "person"', "missing required field `name`"),
        ("entities/b.toml", '[[entity]]\nid = "Q2"\nname = " "\nkind = "person"', "'name' is blank"),
        ("entities/b.toml", '[[entitys]]\nid = "Q2"', "unknown key 'entitys'"),
        (
            "entities/b.toml",
            '[entity]\nid = "Q2"',
            "entities/b.toml: 'entity' is not a list of [[entity]] tables",
        ),
        (
            "entities/b.toml",
            PERSON.replace("Q1", "Q2").replace('"Ann Example"]', '" Ann"]'),
            "spaces around it: ' Ann'",
        ),
        (
            "entities/b.toml",
            PERSON.replace("Q1", "Q2").replace("Ann", "Bob") + 'within = "Q1"',
            "only a place has 'within'",
        ),
        ("entities/b.toml", PLACE + 'within = "nowhere"', "within 'nowhere': no such place"),
        ("entities/b.toml", PLACE + 'within = "town"', "'town': lies within itself"),
        ("feeds.toml", FEED + FEED, "feeds.toml: feed 'example': the id is already used"),
    ],
)
def test_a_contradiction_is_named(path: str, text: str, complaint: str) -> None:
    """The error says which file and entry is wrong, and how."""
    files = {"profile.toml": HEADER, "entities/a.toml": PERSON, path: text}
    with pytest.raises(ProfileError) as error:
        parse_profile(files)
    assert complaint in str(error.value)
    assert path in str(error.value)


def test_a_profile_needs_its_header() -> None:
    """Without profile.toml the error says which file is missing and what is in it."""
    with pytest.raises(ProfileError, match=r"profile\.toml: missing"):
        parse_profile({"entities/a.toml": PERSON})


def test_one_name_may_be_short_for_two() -> None:
    """A short form may belong to several entities: the article decides."""
    other = PERSON.replace("Q1", "Q2").replace("Ann Example", "Bob Example")
    files = {
        "profile.toml": HEADER,
        "entities/a.toml": PERSON + 'short.en = ["Example"]\n' + other + 'short.en = ["Example"]',
    }
    assert len(parse_profile(files).entities) == 2


def test_a_folder_is_a_profile(tmp_path: Path) -> None:
    """A profile is loaded from any folder, and its samples are found beside it."""
    (tmp_path / "entities").mkdir()
    (tmp_path / "profile.toml").write_text(HEADER)
    (tmp_path / "entities" / "people.toml").write_text(PERSON)
    assert load_profile(str(tmp_path)).by_id.keys() == {"Q1"}
    assert sample_articles(str(tmp_path)) == tmp_path / "samples" / "articles.jsonl"


def test_an_unknown_profile_is_named() -> None:
    """The error names what was asked for and the profiles there are."""
    with pytest.raises(ProfileError, match=r"no profile 'atlantis'.*dprk-russia"):
        load_profile("atlantis")


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    """A profile file that is not UTF-8 is an error of the profile, with its path."""
    (tmp_path / "profile.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProfileError, match=r"profile\.toml: cannot be read"):
        load_profile(str(tmp_path))


def test_the_shipped_profile_is_sound() -> None:
    """The shipped profile parses, and its samples are there."""
    profile = load_profile("dprk-russia")
    assert len(profile.entities) >= 250
    assert sample_articles("dprk-russia").is_file()
