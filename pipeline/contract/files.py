"""The contract as files: written to a folder, and compared with what lies there."""

import json
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pipeline.contract.asyncapi import asyncapi
from pipeline.contract.compatibility import incompatibilities
from pipeline.contract.json_schemas import Schema, file_name, json_schemas
from pipeline.headers import SCHEMA_VERSION

ASYNCAPI_FILE = "asyncapi.yaml"
RELEASED = Path("released") / SCHEMA_VERSION


def contract_files() -> dict[str, str]:
    """Return the text of every generated file by its name; the same code gives the same text."""
    files = {file_name(name): _json(schema) for name, schema in json_schemas().items()}
    return files | {ASYNCAPI_FILE: f"# Written by `pactwatch schemas export`.\n{_yaml(asyncapi())}"}


def export(folder: Path) -> list[Path]:
    """Write the contract into a folder, remove schemas of records that are no more; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = contract_files()
    for stale in _schema_files(folder) - files.keys():
        (folder / stale).unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in files]


def drift(folder: Path) -> list[str]:
    """Return what differs between the contract and the files of a folder, a line a file."""
    files = contract_files()
    found = [
        f"{folder / name}: not in the contract any more"
        for name in sorted(_schema_files(folder) - files.keys())
    ]
    for name, text in files.items():
        path = folder / name
        if not path.is_file():
            found.append(f"{path}: missing")
        elif path.read_text(encoding="utf-8") != text:
            found.append(f"{path}: differs from the record types")
    return found


def breaks(folder: Path) -> list[str]:
    """Return what the contract breaks for users of the released schemas in `released/v1`; none: no release yet."""
    contract = {file_name(name): schema for name, schema in json_schemas().items()}
    found = []
    for path in sorted((folder / RELEASED).glob("*.schema.json")):
        new = contract.get(path.name)
        if new is None:
            found.append(f"{path.name}: was released and is gone")
            continue
        old = msgspec.json.decode(path.read_bytes(), type=Schema)
        found += [f"{path.name}: {problem}" for problem in incompatibilities(old, new)]
    return found


def _schema_files(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.schema.json")}


class _Readable(yaml.SafeDumper):
    """YAML in which a text of several lines is written as lines."""


def _lines(dumper: _Readable, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _lines)


def _yaml(document: dict[str, Any]) -> str:
    text: str = yaml.dump(document, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=110)
    return text


def _json(schema: Schema) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
