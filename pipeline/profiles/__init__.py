"""The shipped watch profiles, and how a profile's folder is read."""

from pathlib import Path

from pipeline.core.errors import ProfileError
from pipeline.core.layers import Layer
from pipeline.core.profile import Profile, parse_profile, read_header

_SHIPPED = Path(__file__).parent


def load_profile(name_or_path: str) -> Profile:
    """Return the shipped profile of that name, or the one in that folder. Raises ProfileError."""
    bases, own = profile_layers(name_or_path)
    return parse_profile(own.files, bases)


def profile_layers(name_or_path: str) -> tuple[list[Layer], Layer]:
    """Return the files of the bases that a profile extends, and its own. Raises ProfileError."""
    folder = profile_folder(name_or_path)
    own = Layer("", _files(folder))
    return [_base(folder, name) for name in read_header(own.files).extends], own


def layers_to_check(name_or_path: str) -> tuple[Layer, list[Layer], list[str]]:
    """Return a profile's own files, those of its bases, and the names of bases that are not there.

    What cannot be read in the files is for the check to tell. Raises ProfileError where there is no profile.
    """
    folder = profile_folder(name_or_path)
    own = Layer("", _files(folder))
    bases: list[Layer] = []
    missing = []
    try:
        extended = read_header(own.files).extends
    except ProfileError:
        extended = ()
    for name in extended:
        try:
            bases.append(_base(folder, name))
        except ProfileError:
            missing.append(name)
    return own, bases, missing


def _base(folder: Path, name: str) -> Layer:
    for base in (folder / name, _SHIPPED / name):
        if (base / "events").is_dir() or (base / "entities").is_dir():
            return Layer(name, _files(base))
    raise ProfileError(
        f"profile.toml: extends {name!r}: neither a folder beside the profile's files nor a shipped base,"
        " with entities/ or events/ in it"
    )


def _files(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): _text(path) for path in sorted(folder.rglob("*.toml"))}


def sample_articles(name_or_path: str) -> Path:
    """Return the profile's sample articles: JSON lines, in the form that `publish` takes."""
    return profile_folder(name_or_path) / "samples" / "articles.jsonl"


def profile_folder(name_or_path: str) -> Path:
    """Return the folder of a shipped profile (by name) or a folder with a profile in it. Raises ProfileError."""
    for folder in (_SHIPPED / name_or_path, Path(name_or_path)):
        if name_or_path and (folder / "profile.toml").is_file():
            return folder
    raise ProfileError(
        f"no profile {name_or_path!r}: neither a folder with a profile.toml in it nor a shipped profile"
        f" ({', '.join(shipped())})"
    )


def shipped() -> list[str]:
    """Return the names of the profiles that ship with the package."""
    return sorted(path.parent.name for path in _SHIPPED.glob("*/profile.toml"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"{path}: cannot be read: {error}") from error
