"""The schemas that reports are held to; ours closed, so that no key goes undocumented."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator

from tests.stacks import FIXTURES, ROOT


def _closed(schema: Any) -> Any:
    """Return a schema that allows no other properties than those it names."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inside = {key: _closed(value) for key, value in schema.items()}
    if schema.get("type") == "object":
        inside["additionalProperties"] = False
    return inside


def _read(path: str) -> Any:
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


OURS = Draft202012Validator(_closed(_read("docs/schema/report-1.json")))
SARIF = Draft4Validator(
    _read((FIXTURES / "schema" / "sarif-schema-2.1.0.json").relative_to(ROOT).as_posix())
)


def our_report(text: str) -> Any:
    """Return a JSON report that holds to its schema."""
    document = json.loads(text)
    OURS.validate(document)
    return document


def sarif_run(text: str) -> Any:
    """Return the run of a SARIF report that holds to the official schema."""
    document = json.loads(text)
    SARIF.validate(document)
    (run,) = document["runs"]
    return run
