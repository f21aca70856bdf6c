"""What is wrong in a profile is found without running it, with file and line and how to mend it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.core.checks import Finding, check_profile
from pipeline.profiles import layers_to_check, load_profile, profile_layers, shipped

SOUND = {
    "profile.toml": 'id = "two"\nname = "Two"\nparties = ["AA", "BB"]\n',
    "entities/all.toml": """\
[[entity]]
id = "a"
name = "Aland"
kind = "country"
country = "AA"
aliases.en = ["Aland", "Alandic"]

[[entity]]
id = "b"
name = "Borduria"
kind = "country"
country = "BB"
aliases.en = ["Borduria"]

[[entity]]
id = "town"
name = "Town"
kind = "place"
country = "AA"
aliases.en = ["Alanburg"]
""",
    "events/all.toml": """\
[alliance]
host = "BB"

[[event]]
id = "met"
type = "meeting"
mode = "talks"
frame = "encounter"
theme = ["delegation"]
verbs.en = ["meet|met"]
words.en = ["parley"]

[[thing]]
id = "delegation"
words.en = ["envoys"]

[[plover]]
type = "meeting"
mode = "talks"
plover = "CONSULT"
cameo = "046"
quad = 1
""",
    "feeds.toml": """\
[[feed]]
url = "https://news.example.org/rss"
id = "news"
name = "News"
family = "news"
kind = "newspaper"
""",
    "publishers.toml": '[[publisher]]\nentity = "town"\nfamily = "town"\nkind = "newspaper"\nhosts = ["town.example.org"]\n',
}
# (file, what is replaced there and by what, the rule that finds it, where, part of what is said)
BROKEN = [
    ("profile.toml", ('"BB"]', '"BB"'), "not-toml", "profile.toml:3", "not TOML"),
    ("profile.toml", ("name", "nmae"), "unknown-key", "profile.toml:2", "'nmae'"),
    ("profile.toml", ('"BB"]', '"CC"]'), "unknown-id", "profile.toml:3", "party 'CC'"),
    ("profile.toml", ('"BB"]', '"BB"]\nlanguages = ["ru"]'), "no-names", "entities/all.toml:15", "no name in 'ru'"),
    ("stray.toml", ("", "x = 1"), "unknown-file", "stray.toml:1", "none of a profile"),
    ("entities/all.toml", ("[[entity]]", "[[entities]]"), "unknown-key", "entities/all.toml:1", "'entities'"),
    ("entities/all.toml", ('name = "Town"', 'nmae = "Town"'), "unknown-key", "entities/all.toml:17", "'nmae'"),
    ("entities/all.toml", ('kind = "place"', "kind = 3"), "bad-type", "entities/all.toml:18", "kind"),
    ("entities/all.toml", ('kind = "place"', 'kind = "planet"'), "bad-type", "entities/all.toml:18", "planet"),
    ("entities/all.toml", ('id = "town"', 'id = "b"'), "duplicate-id", "entities/all.toml:15", "used twice"),
    ("entities/all.toml", ('"Alanburg"', '"Alandic"'), "duplicate-alias", "entities/all.toml:20", "'Alandic' (en) names Aland"),
    ("entities/all.toml", ('"Alanburg"', '" Alanburg"'), "blank-word", "entities/all.toml:20", "spaces around it"),
    ("entities/all.toml", ('aliases.en = ["Alanburg"]', ""), "no-names", "entities/all.toml:15", "has no name"),
    ("entities/all.toml", ('["Alanburg"]', '["Alanburg"]\nwithin = "moon"'), "unknown-id", "entities/all.toml:21", "'moon'"),
    ("entities/all.toml", ('["Alanburg"]', '["Alanburg"]\nwithin = "town"'), "circle", "entities/all.toml:21", "within itself"),
    ("entities/all.toml", ('["Borduria"]', '["Borduria"]\nwithin = "town"'), "not-a-place", "entities/all.toml:8", "only a place"),
    ("entities/all.toml", ('"Alanburg"]', '"Alanburg"]\nshort.en = ["alanburg"]'), "idle-name", "entities/all.toml:21", "in aliases and in"),
    ("entities/all.toml", ('"Alanburg"]', '"Alanburg", "Alan  town"]'), "idle-name", "entities/all.toml:20", "never found"),
    ("entities/all.toml", ('"Alanburg"]', '"Alanburg"]\ndecoys.en = ["Moon"]'), "idle-name", "entities/all.toml:21", "guards no name"),
    ("events/all.toml", ("[[thing]]", "[[thnig]]"), "unknown-key", "events/all.toml:13", "'thnig'"),
    ("events/all.toml", ('host = "BB"', 'host = "CC"'), "unknown-id", "events/all.toml:2", "host 'CC'"),
    ("events/all.toml", ('[alliance]\nhost = "BB"\n', ""), "no-alliance", "profile.toml:1", "one [alliance]"),
    ("events/all.toml", ('theme = ["delegation"]', 'theme = ["ghost"]'), "unknown-id", "events/all.toml:9", "'ghost'"),
    ("events/all.toml", ('frame = "encounter"', 'frame = "magic"'), "bad-type", "events/all.toml:8", "magic"),
    ("events/all.toml", ('mode = "talks"\nframe', 'mode = "chat"\nframe'), "no-plover", "events/all.toml:7", "mode 'chat'"),
    ("events/all.toml", ('"CONSULT"', '"CHAT"'), "no-plover", "events/all.toml:17", "no 'CHAT'"),
    ("events/all.toml", ("quad = 1", "quad = 4"), "no-plover", "events/all.toml:17", "quad class 1"),
    ("events/all.toml", ("quad = 1", 'quad = 1\n[[plover]]\ntype = "meeting"\nmode = "x"\nplover = "CONSULT"\ncameo = "040"\nquad = 1'), "no-words", "events/all.toml:23", "no event has this mode"),
    ("events/all.toml", ('["parley"]', '["parley"]\nwords.ru = ["перегов*"]'), "unreachable", "events/all.toml:12", "never read in 'ru'"),
    ("events/all.toml", ('words.en = ["envoys"]', "words.en = []"), "no-words", "events/all.toml:13", "has no words"),
    ("events/all.toml", ('"parley"', '"parley "'), "blank-word", "events/all.toml:11", "spaces around it"),
    ("events/all.toml", ('"parley"', '"meeting", "meets"'), "idle-word", "events/all.toml:11", "a form of the verb 'meet|met'"),
    ("events/all.toml", ('["meet|met"]', '["meet|met", "meets"]'), "idle-word", "events/all.toml:10", "a form of the verb"),
    ("events/all.toml", ('"parley"', '"parley", "Parley"'), "idle-word", "events/all.toml:11", "stands twice"),
    ("events/all.toml", ('"parley"', '"parl*", "parley"'), "idle-word", "events/all.toml:11", "found by 'parl*'"),
    ("events/all.toml", ("[alliance]", '[[cue]]\nid = "mood"\nwords.en = ["woe"]\n[alliance]'), "unknown-id", "events/all.toml:1", "unknown cue 'mood'"),
    ("feeds.toml", ('kind = "newspaper"', ""), "unknown-publisher", "feeds.toml:1", "what kind of publisher"),
    ("feeds.toml", ("news.example.org", "town.example.org"), "unknown-publisher", "feeds.toml:1", "is on its host"),
    ("publishers.toml", ('entity = "town"', 'entity = "moon"'), "unknown-id", "publishers.toml:1", "no such entity"),
]  # fmt: skip


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a profile's files into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def checked(folder: Path) -> list[Finding]:
    """What the check says of the profile in a folder."""
    return check_profile(*layers_to_check(str(folder)))


def test_a_sound_profile_has_no_findings(tmp_path: Path) -> None:
    """Nothing is found in a profile in which nothing is wrong."""
    assert checked(written(tmp_path, SOUND)) == []


@pytest.mark.parametrize("name", shipped())
def test_the_shipped_profiles_are_clean(name: str) -> None:
    """No error and no warning in what ships; the message says how to mend it."""
    assert check_profile(*layers_to_check(name)) == []


def test_what_profiles_share_names_no_party() -> None:
    """The shared vocabulary says nothing that is true of one alliance alone: such words go to its own events/."""
    profiles = [load_profile(name) for name in shipped()]
    parties = {
        name.lower()
        for profile in profiles
        for entity in profile.entities
        if entity.kind == "country" and entity.country in profile.parties
        for language in ("en", "ru", "ko")
        for name in (*entity.aliases.get(language, ()), *entity.exact.get(language, ()))
    }
    (base,) = profile_layers("dprk-russia")[0]
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(parties)))})\b", re.IGNORECASE)
    found = [
        f"{path}: {word}"
        for path, text in base.files.items()
        if path.startswith("events/")
        for line in text.splitlines()
        if not line.startswith(("#", "why"))
        for word in re.findall(r'"([^"]*)"', line)
        if named.search(word)
    ]
    assert found == []


@pytest.mark.parametrize(("path", "change", "rule", "where", "said"), BROKEN)
def test_a_fault_is_found(
    tmp_path: Path, path: str, change: tuple[str, str], rule: str, where: str, said: str
) -> None:
    """Each kind of fault is found by its rule, on its line, and says how to mend it."""
    text = SOUND.get(path, "")
    assert change[0] in text
    findings = checked(written(tmp_path, {**SOUND, path: text.replace(*change, 1)}))
    assert any(
        (finding.rule, f"{finding.path}:{finding.line}") == (rule, where) and said in finding.what
        for finding in findings
    ), findings
    assert all(finding.mend for finding in findings)


def test_a_base_that_is_none_is_an_error(tmp_path: Path) -> None:
    """A profile that extends what is not there is told so, with the line."""
    header = SOUND["profile.toml"] + 'extends = ["atlantis"]\n'
    (finding,) = checked(written(tmp_path, {**SOUND, "profile.toml": header}))
    assert (finding.severity, finding.path, finding.line) == ("error", "profile.toml", 4)
    assert "atlantis" in finding.what


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """One fault does not hide another, and a base's file is named with its base."""
    broken = SOUND["events/all.toml"].replace('"delegation"]', '"ghost"]')
    names = SOUND["entities/all.toml"].replace("kind", "sort", 1)
    base = written(tmp_path / "base", {"entities/more.toml": '[[entity]]\nid = "c"\ncolour = "red"\n'})
    header = SOUND["profile.toml"] + f'extends = ["../{base.name}"]\n'
    files = {**SOUND, "profile.toml": header, "events/all.toml": broken, "entities/all.toml": names}
    found = {(finding.path, finding.line) for finding in checked(written(tmp_path / "own", files))}
    assert {("../base/entities/more.toml", 3), ("events/all.toml", 9), ("entities/all.toml", 4)} <= found


def test_the_exit_code_tells(tmp_path: Path) -> None:
    """Warnings end with 0, or with 1 under --strict; errors end with 1; --json says the same to programs."""
    warned = SOUND["events/all.toml"].replace('"parley"', '"parley", "parley"')
    folder = str(written(tmp_path, {**SOUND, "events/all.toml": warned}))
    run = CliRunner().invoke
    assert run(app, ["profile", "check", folder]).exit_code == 0
    assert run(app, ["profile", "check", folder, "--strict"]).exit_code == 1
    told = json.loads(run(app, ["profile", "check", folder, "--json"]).stdout)
    assert (told["errors"], told["warnings"]) == (0, 1)
    assert told["findings"][0]["path"] == "events/all.toml"
    written(tmp_path, {"events/all.toml": warned.replace('host = "BB"', 'host = "CC"')})
    shown = run(app, ["profile", "check", folder])
    assert shown.exit_code == 1
    assert "events/all.toml:2: error: host 'CC' is no party" in shown.stdout


def test_a_profile_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    """Control characters in a profile are not printed."""
    wild = SOUND["entities/all.toml"].replace('kind = "place"', 'kind = "\\u001b[31mred"')
    shown = CliRunner().invoke(
        app, ["profile", "check", str(written(tmp_path, {**SOUND, "entities/all.toml": wild}))]
    )
    assert shown.exit_code == 1
    assert "\x1b" not in shown.stdout


def test_profiles_are_listed_and_shown() -> None:
    """`profile list` names what ships, `profile show` says what one knows."""
    listed = CliRunner().invoke(app, ["profile", "list", "--json"]).stdout.splitlines()
    assert [json.loads(line)["id"] for line in listed] == shipped()
    told = json.loads(CliRunner().invoke(app, ["profile", "show", "belarus-russia", "--json"]).stdout)
    assert told["parties"] == "BY, RU"
    assert told["named in"]["en"] == told["entities"]
