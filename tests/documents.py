"""The JSON document that a command prints, checked against its schema, for tests."""

import json

import jsonschema
import pytest
from commands import run_command

from simlead.results.provenance import source_hash
from simlead.show.schemas import schema_of


def checked(capsys, *words, status=0):
    """The document that a command prints, after its schema was asked about it."""
    there, out, err = run_command(capsys, *words, "--json")
    assert there == status, err
    found = json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} in the document"))
    schema = schema_of(found["command"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(found)
    assert found["exit_status"] == status and found["sources"] == source_hash()
    nulls = {(each["in"], row) for each in found["nulls"] for row in each.get("rows", [])}
    for name, table in found["tables"].items():
        empty = {(f"{name}.{column}", number) for number, row in enumerate(table["rows"])
                 for column, value in row.items() if value is None}
        assert empty == {each for each in nulls if each[0].startswith(f"{name}.")}, "every null has its reason"
    return found
