"""A report as the form of a GeoReport v2 POST."""

from __future__ import annotations

from datetime import UTC

from bot.locality import Open311Backend
from bot.locality.open311 import Service
from bot.tickets.backends.protocol import OutgoingAddition, OutgoingReport

LONGEST_DESCRIPTION = 4000
LONGEST_UPDATE = 2000
MORE_PHOTOS = "Người dân gửi thêm ảnh."

Form = list[tuple[str, str]]


def of(report: OutgoingReport, service: Service, config: Open311Backend, secret: str) -> Form:
    """The fields of a POST; pictures that go along as files are no part of it.

    Args:
        secret: the API key; empty: none is sent.
    """
    mark = config.key_in
    attributes, told = _attributes(report, service)
    description = "\n".join((report.description, *told))
    if mark.place == "description":
        tail = f"\n[{report.key}]"
        description = description[: LONGEST_DESCRIPTION - len(tail)] + tail
    form: Form = [("service_code", service.code), ("description", description[:LONGEST_DESCRIPTION])]
    form += [("address_string", report.address or report.place)]
    if report.lat is not None and report.long is not None:
        form += [("lat", f"{report.lat:.6f}"), ("long", f"{report.long:.6f}")]
    if link := next((photo.url for photo in report.photos if photo.url), None):
        form.append(("media_url", link))
    if config.jurisdiction:
        form.append(("jurisdiction_id", config.jurisdiction))
    if secret:
        form.append(("api_key", secret))
    if mark.place == "attribute":
        attributes.append((f"attribute[{mark.attribute}]", report.key))
    elif mark.place != "description":
        form.append((mark.place, report.key))
    return form + attributes + _contact(report)


def added(addition: OutgoingAddition, config: Open311Backend, secret: str, *, link: str | None, number: int) -> Form:
    """The fields of an update that says what a citizen added.

    Args:
        link: of a picture.
        number: of the update, where an addition takes several.
    """
    said = addition.text if number == 1 else ""
    form: Form = [
        ("service_request_id", addition.remote_id),
        ("update_id", addition.key if number == 1 else f"{addition.key}:{number}"),
        ("status", "closed" if addition.solved else "open"),
        ("updated_datetime", addition.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("description", (said or MORE_PHOTOS)[:LONGEST_UPDATE]),
    ]
    if link:
        form.append(("media_url", link))
    if config.jurisdiction:
        form.append(("jurisdiction_id", config.jurisdiction))
    if secret:
        form.append(("api_key", secret))
    return form


def _attributes(report: OutgoingReport, service: Service) -> tuple[Form, list[str]]:
    """The attributes, and as lines of text the answers that the service has no attribute for."""
    form: Form = [(f"attribute[{code}]", value) for code, value in service.fixed.items()]
    told = []
    for question in report.category.questions:
        answer = report.answers.get(question.code)
        if answer in (None, "", []):
            continue
        values = [str(one) for one in (answer if isinstance(answer, list) else [answer])]
        theirs = service.attributes.get(question.code)
        if theirs is None:
            labels = {option.code: option.label for option in question.options}
            told.append(f"{question.ask} {', '.join(labels.get(one, one) for one in values)}")
            continue
        keys = service.values.get(question.code, {})
        name = f"attribute[{theirs}]" + ("[]" if question.kind == "choices" else "")
        form += [(name, keys.get(one, one)) for one in values]
    return form, told


def _contact(report: OutgoingReport) -> Form:
    form: Form = []
    if name := report.contact.get("name"):
        # The family name comes first.
        last, _, first = str(name).partition(" ")
        form += [("last_name", last), ("first_name", first)] if first else [("first_name", last)]
    form += [(field, str(report.contact[field])) for field in ("phone", "email") if report.contact.get(field)]
    return form
