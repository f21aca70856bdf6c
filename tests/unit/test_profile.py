"""A watch profile is read whole, laid over its bases, and any contradiction in it is named."""

from pathlib import Path

import pytest

from pipeline.core.errors import ProfileError
from pipeline.core.layers import Layer
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
            "events/things.toml": '[[thing]]\nid = "pact"\nwords.en = ["pact"]\n',
            "feeds.toml": FEED,
            "samples/articles.jsonl": "{}",
        }
    )
    assert profile.parties == ("AA", "BB")
    assert profile.by_id["Q1"].aliases == {"en": ("Ann Example",)}
    assert [placed.fields for placed in profile.vocabulary["thing"]] == [
        {"id": "pact", "words": {"en": ["pact"]}}
    ]
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
        ("profile.toml", HEADER + "extends = 'base'", "extends"),
        ("events/b.toml", "[[evnt]]\nid = 'x'", "events/b.toml: unknown key 'evnt'"),
        ("events/b.toml", "[[thing]]\nid = 'x'\n" * 2, "thing 'x': the id is already used in events/b.toml"),
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


BASE = Layer("base", {"entities/people.toml": PERSON, "entities/places.toml": PLACE})


def test_a_profile_adds_to_what_it_extends() -> None:
    """An entry with an id of the base adds its names to it and replaces what is single; the rest of the base stays."""
    own = (
        '[[entity]]\nid = "Q1"\nname = "Dame Ann Example"\naliases.en = ["Dame Ann"]\naliases.ru = ["Энн"]\n'
    )
    profile = parse_profile({"profile.toml": HEADER, "entities/people.toml": own}, [BASE])
    assert profile.by_id.keys() == {"Q1", "town"}
    ann = profile.by_id["Q1"]
    assert (ann.name, ann.country) == ("Dame Ann Example", "AA")
    assert ann.aliases == {"en": ("Ann Example", "Dame Ann"), "ru": ("Энн",)}


def test_a_contradiction_of_the_base_is_named() -> None:
    """The error names the file that was added to last, and a base's file with the base's name before it."""
    own = {"profile.toml": HEADER, "entities/b.toml": '[[entity]]\nid = "Q1"\ncolour = "red"\n'}
    with pytest.raises(ProfileError, match=r"^entities/b.toml: entity 'Q1' \(number 1\): .*colour"):
        parse_profile(own, [BASE])
    with pytest.raises(ProfileError, match=r"^base/stray.toml: unknown file"):
        parse_profile({"profile.toml": HEADER}, [Layer("base", {"stray.toml": ""})])


def test_a_base_is_a_folder_beside_the_profile_or_a_shipped_one(tmp_path: Path) -> None:
    """`extends` finds a folder by its path from the profile's, then the shipped base of that name, else says so."""
    (tmp_path / "mine" / "entities").mkdir(parents=True)
    (tmp_path / "mine" / "entities" / "people.toml").write_text(PERSON)
    (tmp_path / "two").mkdir()
    header = tmp_path / "two" / "profile.toml"
    header.write_text(HEADER + 'extends = ["../mine"]')
    assert load_profile(str(header.parent)).by_id.keys() == {"Q1"}
    header.write_text(HEADER + 'extends = ["base", "../mine"]')
    assert {"Q1", "Q159"} <= load_profile(str(header.parent)).by_id.keys()
    header.write_text(HEADER + 'extends = ["atlantis"]')
    with pytest.raises(ProfileError, match=r"extends 'atlantis': neither a folder"):
        load_profile(str(header.parent))


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
