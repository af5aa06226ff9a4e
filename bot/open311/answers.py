"""Tickets and updates as Open311 writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bot.locality import Category, Locality
from bot.open311.forms import written
from bot.open311.posting import LONGEST_DESCRIPTION, only_coordinates
from bot.tickets.published import PublishedTicket, PublishedUpdate
from bot.tickets.states import ENDED, Status

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CHANGESET = "2026-11-25T00:00:00Z"
"""When what is offered last changed."""

KEY_SERVICE = (
    "Đơn vị vận hành cấp khóa API (api_key) cho hệ thống muốn gửi phản ánh; đọc thì không cần khóa. Liên hệ: {contact}"
)


def status(status: Status) -> str:
    """Open or closed. Done is not closed: the citizen has yet to confirm, or to keep silent."""
    return "closed" if status in ENDED else "open"


def request(ticket: PublishedTicket, locality: Locality) -> dict[str, Any]:
    """A request."""
    category, agency = locality.category(ticket.category), locality.agency(ticket.agency)
    place = None if only_coordinates(ticket.place) else ticket.place
    return {
        "service_request_id": ticket.code,
        "status": status(ticket.status),
        "status_notes": ticket.status_label,
        "service_name": category.label if category else ticket.category,
        "service_code": ticket.category,
        "description": ticket.description[:LONGEST_DESCRIPTION] or None,
        "agency_responsible": agency.name if agency else None,
        "service_notice": category.notice if category else None,
        "requested_datetime": written(ticket.created_at),
        "updated_datetime": written(ticket.changed_at),
        "expected_datetime": written(ticket.due_at),
        "address": ticket.address or place or None,
        "address_id": None,
        "zipcode": None,
        "lat": ticket.lat,
        "long": ticket.long,
        # Pictures may show faces and number plates; nobody has looked at them for publishing.
        "media_url": None,
    }


def extended(ticket: PublishedTicket, locality: Locality, updates: Iterable[PublishedUpdate]) -> dict[str, Any]:
    """A request with `extensions=true`: answers to the service's attributes, and what happened so far."""
    category = locality.category(ticket.category)
    return request(ticket, locality) | {
        "attributes": _attributes(ticket, category) if category else [],
        "notes": [
            {"datetime": written(one.at), "status": status(one.status), "description": one.text}
            for one in updates
            if one.code == ticket.code
        ],
    }


def _attributes(ticket: PublishedTicket, category: Category) -> list[dict[str, Any]]:
    made = []
    for question in category.questions:
        answer = ticket.answers.get(question.code)
        if answer is None:
            continue
        labels = {option.code: option.label for option in question.options}
        keys = [str(key) for key in (answer if isinstance(answer, list) else [answer])]
        values = [{"key": key, "name": labels.get(key, key)} for key in keys]
        made.append({"code": question.code, "description": question.ask, "values": values})
    return made


def update(one: PublishedUpdate) -> dict[str, Any]:
    """An update."""
    return {
        "update_id": one.id,
        "service_request_id": one.code,
        "status": status(one.status),
        "updated_datetime": written(one.at),
        "description": one.text,
        "media_url": None,
    }


def discovery(locality: Locality, url: str) -> dict[str, Any]:
    """Where the API is, and whom to ask.

    Args:
        url: of version 2, without the resource.
    """
    office = locality.office
    contact = ", ".join(part for part in (office.name, office.phone, office.email, office.website) if part)
    return {
        "changeset": CHANGESET,
        "contact": contact,
        "key_service": KEY_SERVICE.format(contact=contact),
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": url,
                "changeset": CHANGESET,
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
