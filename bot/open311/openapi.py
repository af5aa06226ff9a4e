"""A description of the API for programs, `/open311/openapi.json` (OpenAPI 3.1).

Schemas are those of GeoReport v2, written anew; service codes are the locality's.
"""

from __future__ import annotations

from typing import Any

from bot import __version__
from bot.locality import Locality
from bot.open311.asking import MOST
from bot.open311.posting import LONGEST_CONTACT, LONGEST_DESCRIPTION, LONGEST_PLACE, LONGEST_URL

Json = dict[str, Any]

_TEXT: Json = {"type": ["string", "null"]}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
_DEGREES: Json = {"type": ["number", "null"]}


def describe(locality: Locality, url: str) -> Json:
    """The description.

    Args:
        url: of version 2, without the resource.
    """
    codes = [category.code for category in locality.categories]
    paths = {
        "/discovery.{format}": {"get": _get("discovery", "discovery", [])},
        "/services.{format}": {"get": _get("services", "services", [_jurisdiction(locality)])},
        "/services/{service_code}.{format}": {
            "get": _get(
                "service",
                "service_definition",
                [_path("service_code", {"type": "string", "enum": codes}), _jurisdiction(locality)],
            )
        },
        "/requests.{format}": {
            "get": _get("requests", "service_requests", _listing(codes, locality), refused=True),
            "post": _post(
                "postRequest",
                "posted_requests",
                _request_form(codes),
                [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}}],
            ),
        },
        "/requests/{service_request_id}.{format}": {
            "get": _get(
                "request",
                "service_requests",
                [_path("service_request_id", {"type": "string"}), _jurisdiction(locality), _flag("extensions")],
            )
        },
        "/tokens/{token}.{format}": {
            "get": _get("token", "tokens", [_path("token", {"type": "string"}), _jurisdiction(locality)])
        },
        "/servicerequestupdates.{format}": {
            "get": _get("updates", "service_request_updates", _window(locality)),
            "post": _post("postUpdate", "posted_updates", _update_form(), []),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Open311 GeoReport v2: {locality.name}",
            "version": __version__,
            "description": "http://wiki.open311.org/GeoReport_v2, with paging, media, and servicerequestupdates.",
        },
        "servers": [{"url": url}],
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _get(name: str, schema: str, parameters: list[Json], *, refused: bool = False) -> Json:
    codes = (400, 403, 404, 429, 503) if refused else (400, 404, 429, 503)
    answers = {"200": _answer(schema)} | {str(code): _answer("errors") for code in codes}
    return {"operationId": name, "parameters": [_format(), *parameters], "responses": answers}


def _post(name: str, schema: str, form: Json, parameters: list[Json]) -> Json:
    multipart = {**form, "properties": {**form["properties"], "media": {"type": "string", "format": "binary"}}}
    return {
        "operationId": name,
        "parameters": [_format(), *parameters],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": form},
                "multipart/form-data": {"schema": multipart},
            },
        },
        "responses": {"200": _answer(schema)}
        | {str(code): _answer("errors") for code in (400, 403, 404, 413, 429, 503)},
    }


def _answer(schema: str) -> Json:
    return {
        "description": schema,
        "content": {
            "application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}},
            "text/xml": {"schema": {"type": "string"}},
        },
    }


def _format() -> Json:
    return _path("format", {"type": "string", "enum": ["json", "xml"]})


def _path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(name: str, schema: Json, description: str = "") -> Json:
    return {"name": name, "in": "query", "schema": schema, "description": description or name}


def _jurisdiction(locality: Locality) -> Json:
    return _query("jurisdiction_id", {"type": "string", "enum": [locality.code]}, "Not needed: one place is served.")


def _flag(name: str) -> Json:
    return _query(name, {"type": "string", "enum": ["true", "false"]}, "Attributes and notes besides.")


def _window(locality: Locality) -> list[Json]:
    return [
        _jurisdiction(locality),
        _query("service_request_id", {"type": "string"}, "One, or several with commas."),
        _query("start_date", _MOMENT),
        _query("end_date", _MOMENT, "At most 90 days after start_date."),
        _query("page", {"type": "integer", "minimum": 1}),
        _query("page_size", {"type": "integer", "minimum": 1, "maximum": MOST}),
    ]


def _listing(codes: list[str], locality: Locality) -> list[Json]:
    return [
        *_window(locality),
        _query("service_code", {"type": "string", "examples": codes}, "One, or several with commas."),
        _query("status", {"type": "string", "enum": ["open", "closed", "open,closed"]}),
        _flag("extensions"),
        _query("external_id", {"type": "string"}, "Your own id (needs api_key with the scope read)."),
        _query("api_key", {"type": "string"}),
    ]


def _request_form(codes: list[str]) -> Json:
    short = {"type": "string", "maxLength": LONGEST_CONTACT}
    return {
        "type": "object",
        "required": ["api_key", "service_code"],
        "properties": {
            "api_key": {"type": "string"},
            "service_code": {"type": "string", "enum": codes},
            "lat": {"type": "number", "minimum": -90, "maximum": 90},
            "long": {"type": "number", "minimum": -180, "maximum": 180},
            "address_string": {"type": "string", "maxLength": LONGEST_PLACE},
            "address_id": {"type": "string", "maxLength": LONGEST_PLACE},
            "description": {"type": "string", "maxLength": LONGEST_DESCRIPTION},
            **dict.fromkeys(("email", "device_id", "account_id", "first_name", "last_name", "phone"), short),
            "media_url": {"type": "string", "format": "uri", "maxLength": LONGEST_URL},
            "external_id": short,
        },
    }


def _update_form() -> Json:
    needed = ["api_key", "service_request_id", "update_id", "status", "updated_datetime", "description"]
    return {
        "type": "object",
        "required": needed,
        "properties": {
            **{name: {"type": "string"} for name in needed},
            "update_id": {"type": "string", "maxLength": 200},
            "status": {"type": "string", "enum": ["open", "closed"]},
            "updated_datetime": _MOMENT,
            "description": {"type": "string", "maxLength": 2000},
        },
    }


def _schemas() -> Json:
    request = {
        "type": "object",
        "required": ["service_request_id", "status", "service_code", "requested_datetime"],
        "properties": {
            "service_request_id": {"type": "string"},
            "status": {"enum": ["open", "closed"]},
            **dict.fromkeys(
                ("status_notes", "service_name", "agency_responsible", "service_notice", "address", "address_id"), _TEXT
            ),
            "service_code": {"type": "string"},
            "description": {"type": ["string", "null"], "maxLength": LONGEST_DESCRIPTION},
            "requested_datetime": _MOMENT,
            "updated_datetime": _MAYBE_MOMENT,
            "expected_datetime": _MAYBE_MOMENT,
            "zipcode": _TEXT,
            "lat": _DEGREES,
            "long": _DEGREES,
            "media_url": {"type": ["string", "null"], "format": "uri"},
        },
    }
    service = _object(
        service_code={"type": "string"}, service_name={"type": "string"}, description=_TEXT,
        metadata={"type": "boolean"}, type={"enum": ["realtime", "batch", "blackbox"]}, keywords=_TEXT, group=_TEXT,
    )  # fmt: skip
    attribute = _object(
        variable={"type": "boolean"}, code={"type": "string"},
        datatype={"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        required={"type": "boolean"}, datatype_description=_TEXT, order={"type": "integer", "minimum": 1},
        description=_TEXT, values=_list(_object(key={"type": "string"}, name={"type": "string"})),
    )  # fmt: skip
    endpoint = _object(
        specification={"type": "string"}, url={"type": "string"}, changeset=_MOMENT,
        type={"enum": ["production", "test"]}, formats=_list({"type": "string"}),
    )  # fmt: skip
    posted = _object(service_notice=_TEXT) | {
        "oneOf": [{"required": ["service_request_id"]}, {"required": ["token"]}],
    }
    return {
        "discovery": _object(
            changeset=_MOMENT, contact={"type": "string"}, key_service={"type": "string"}, endpoints=_list(endpoint)
        ),
        "services": _list(service),
        "service_definition": _object(service_code={"type": "string"}, attributes=_list(attribute)),
        "service_requests": _list(request),
        "posted_requests": _list(posted),
        "tokens": _list(_object(service_request_id={"type": "string"}, token={"type": "string"})),
        "service_request_updates": _list(
            _object(
                update_id={"type": "string"},
                service_request_id={"type": "string"},
                status={"enum": ["open", "closed"]},
                updated_datetime=_MOMENT,
                description={"type": "string"},
                media_url=_TEXT,
            )
        ),
        "posted_updates": _list(_object(update_id={"type": "string"})),
        "errors": {**_list(_object(code={"type": "integer"}, description={"type": "string"})), "minItems": 1},
    }


def _object(**properties: Json) -> Json:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}
