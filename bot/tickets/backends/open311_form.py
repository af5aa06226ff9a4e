"""A report as the form of a GeoReport v2 POST."""

from __future__ import annotations

from bot.locality import Open311Backend
from bot.locality.open311 import Service
from bot.tickets.backends.protocol import OutgoingReport

LONGEST_DESCRIPTION = 4000

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
