"""The API against its own description, by a program that looks for requests that break it."""

from __future__ import annotations

import random
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import negative_data_rejection, positive_data_acceptance

from tests.support.open311 import OTHER, OpenServer, read

EXAMPLES = 40


@pytest.fixture(scope="module")
def described(server: OpenServer) -> Any:
    return schemathesis.openapi.from_dict(httpx.get(f"{server.url}/open311/openapi.json").json())


OPERATIONS = (
    "discovery", "services", "service", "requests", "postRequest", "request", "token", "updates", "postUpdate",
)  # fmt: skip


def test_every_operation_is_tried(described: Any) -> None:
    assert {found.ok().definition.raw["operationId"] for found in described.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_breaks_the_contract(described: Any, name: str, mode: GenerationMode, server: OpenServer) -> None:
    """No fault, no status, type or shape that is not described, whatever is sent.

    Whether values are taken is not asked: a place may be given in three ways, which the description cannot say, and
    what the specification does not know is left aside rather than refused.
    """
    [operation] = [
        found.ok() for found in described.get_all_operations() if found.ok().definition.raw["operationId"] == name
    ]
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except Unsatisfiable:
        return

    @given(case=strategy)
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def tried(case: Any) -> None:
        if isinstance(case.body, dict) and random.Random(repr(case.body)).random() < 0.8:
            case.body["api_key"] = OTHER
            if name == "postRequest":
                case.body.setdefault("address_string", "chợ Mẫu")
        if isinstance(case.query, dict) and "external_id" in case.query:
            case.query["api_key"] = OTHER
        case.call_and_validate(
            excluded_checks=[positive_data_acceptance, negative_data_rejection], base_url=server.base, session=session
        )

    with requests.Session() as session:
        tried()


def test_what_was_filed_is_still_readable(server: OpenServer, wanted: str) -> None:
    """After all that: XML and JSON of everything hold."""
    found = read(server.get("requests", wanted, extensions="true", page_size="200")) or []
    assert found, "none of the requests above was taken"
