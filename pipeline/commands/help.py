"""A command's help is its docstring."""

from collections.abc import Callable
from inspect import getdoc
from typing import Any

import typer

# Typer keeps the lines of a paragraph that begins with this character; docstrings spell it as a backslash and a b.
_KEEP_LINES = "\b"


def add_command(app: typer.Typer, command: Callable[..., Any], name: str | None = None) -> None:
    """Add a function as a command of the app, its examples laid out as they stand in its docstring."""
    app.command(name, help=(getdoc(command) or "").replace(r"\b", _KEEP_LINES))(command)
