"""How the lexicons (knowledge that belongs to no watch profile) are read."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def read_lexicon(name: str) -> dict[str, Any]:
    """Return the parsed TOML of pipeline/lexicons/NAME.toml, which ships with the package."""
    return tomllib.loads(files("pipeline.lexicons").joinpath(f"{name}.toml").read_text(encoding="utf-8"))
