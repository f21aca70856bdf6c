"""Sinks, chosen by the scheme of a short text: `console:`, `jsonl:PATH`, or with a name of its own `NAME=jsonl:PATH`."""

import re
from collections.abc import Callable, Mapping, Sequence

from pipeline.core.errors import SettingsError
from pipeline.settings import Settings
from pipeline.sinks.console import ConsoleSink
from pipeline.sinks.jsonl import JsonLinesSink
from pipeline.sinks.sink import Sink, SinkError

__all__ = ["Sink", "SinkError", "default_sinks", "open_sinks"]

Names = Mapping[str, str]

# NAME=SCHEME:REST; the name goes into a consumer group's name.
_SPEC = re.compile(r"(?:(?P<name>[A-Za-z0-9_.-]+)=)?(?P<scheme>[a-z]+):(?P<rest>.*)", re.DOTALL)
_SCHEMES: dict[str, Callable[[str, str, Names], Sink]] = {
    "console": lambda name, _, names: ConsoleSink(name=name, names=names),
    "jsonl": lambda name, path, _: JsonLinesSink(path, name=name),
}


def default_sinks(settings: Settings) -> tuple[str, ...]:
    """Return the sinks that are used where none are named: the terminal and the alerts file."""
    return "console:", f"jsonl:{settings.alerts_file or settings.data_dir / 'alerts.jsonl'}"


def open_sinks(specs: Sequence[str], names: Names) -> list[Sink]:
    """Open the sinks; `names` gives the name of each entity id.

    Raises SettingsError for what is no sink, or where two have one name; SinkError where one cannot be opened.
    """
    matches = [_SPEC.fullmatch(spec) for spec in specs]
    wanted: dict[str, tuple[str, str]] = {}
    for spec, match in zip(specs, matches, strict=True):
        if match is None or match["scheme"] not in _SCHEMES:
            known = ", ".join(f"{scheme}:" for scheme in _SCHEMES)
            raise SettingsError(f"sink {spec!r}: not [NAME=]SCHEME:…, with one of the schemes {known}")
        name = match["name"] or match["scheme"]
        if name in wanted:
            raise SettingsError(f"sink {spec!r}: there is another named {name}; write NAME={spec}")
        wanted[name] = match["scheme"], match["rest"]
    return [_SCHEMES[scheme](name, rest, names) for name, (scheme, rest) in wanted.items()]
