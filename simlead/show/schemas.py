"""The schemas of the JSON documents, as JSON Schema (draft 2020-12), made from the data dictionary."""

from __future__ import annotations

from typing import Any

from simlead.results.dictionary import ANY, NUMBER, TEXT, WHOLE, YES_NO, Column, single, table
from simlead.show.document_shapes import SHAPES, identity

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_TYPES: dict[str, list[str]] = {
    TEXT: ["string"], WHOLE: ["integer", "null"], NUMBER: ["number", "null"], YES_NO: ["boolean", "null"],
    ANY: ["number", "string", "boolean", "null"]}

_UNITS = ("Unit of each column that has one. `row`: that in the row's column `unit`; `measure`: that of the measure in "
          "`single.measure`; `parameter`: that in the row's column `parameter_unit`. A share is a fraction of 1.")


def schema_of(command: str) -> dict[str, Any]:
    """The schema of a command's document; LookupError for a command that has none.

    >>> schema_of("diff")["properties"]["single"]["properties"]["same"]["type"]
    ['boolean', 'null']
    """
    shape = SHAPES[command]
    text = {"type": "string"}
    properties = {
        "schema": {"const": identity(command)},
        "command": {"const": command},
        "version": {**text, "description": "version of simlead"},
        "sources": {**text, "description": "hash of the sources of the model and the engines"},
        "seed": {"type": ["integer", "null"], "description": "random seed; null where nothing is drawn"},
        "scenarios": {
            "type": "object", "description": "the scenarios by name", "additionalProperties": _object({
                "hash": {**text, "description": "hash of the values of all parameters"},
                "effect_sizes": {**text, "description": "set of effect sizes of the scenario as given; the tables of "
                                                        "an answer name all that it was asked under"}})},
        "exit_status": {"type": "integer", "description": "exit status of the command"},
        "saved": {"type": "array", "items": text, "description": "paths of what was written"},
        "single": {"type": "object", "description": "single values", "additionalProperties": False,
                   "properties": {name: _value(single(name)) for name in shape.single}},
        "tables": {"type": "object", "description": "tables with rows; one without rows is left out",
                   "additionalProperties": False, "properties": {name: _table(name) for name in shape.tables}},
        "sentences": {"type": "array", "items": text, "description": "what was found, in English"},
        "nulls": {"type": "array", "description": "why a value is null", "items": {
            **_object({"in": {**text, "description": "TABLE.COLUMN, single.NAME or seed"},
                       "rows": {"type": "array", "items": {"type": "integer"}, "description": "rows, from 0"},
                       "value": {"enum": ["missing", "not a number", "infinite", "minus infinite"]},
                       "reason": text}), "required": ["in", "value", "reason"]}},
    }
    return {"$schema": DIALECT, "$id": identity(command).replace(" ", "-"), "title": f"simlead {command} --json",
            **_object(properties)}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _value(of: Column) -> dict[str, Any]:
    unit = {"unit": of.unit} if of.unit else {}
    return {"type": _TYPES[of.type], "description": of.meaning, **unit}


def _table(name: str) -> dict[str, Any]:
    about = table(name)
    row = {"type": "object", "properties": {each.name: _value(each) for each in about.columns.values()},
           "required": [each.name for each in about.columns.values() if each.always],
           "additionalProperties": {"type": _TYPES[ANY]} if about.open else False}
    return {**_object({
        "about": {"type": "string"}, "intervals": {"const": about.intervals or "none"},
        "units": {"type": "object", "additionalProperties": {"type": "string"}, "description": _UNITS},
        "rows": {"type": "array", "minItems": 1, "items": row}}), "description": about.about}
