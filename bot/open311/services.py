"""The categories of the locality as services, their questions as attributes."""

from __future__ import annotations

from typing import Any

from bot.locality import Category, Locality, Question

DATATYPES = {
    "text": "text",
    "number": "number",
    "date": "datetime",
    "choice": "singlevaluelist",
    "choices": "multivaluelist",
}

HINTS = {
    "text": "Văn bản, có thể nhiều dòng.",
    "number": "Số.",
    "date": "Ngày theo ISO 8601, ví dụ 2026-11-25.",
    "choice": "Chọn một giá trị.",
    "choices": "Chọn một hoặc nhiều giá trị.",
}


def service(category: Category) -> dict[str, Any]:
    """A service of the list."""
    return {
        "service_code": category.code,
        "service_name": category.label,
        "description": category.ask_description or category.label,
        "metadata": bool(category.questions),
        "type": "realtime",
        "keywords": ", ".join(category.keywords) or None,
        "group": category.group,
    }


def services(locality: Locality) -> list[dict[str, Any]]:
    """All services, in the order of the file."""
    return [service(category) for category in locality.categories]


def definition(category: Category) -> dict[str, Any]:
    """A service with its attributes; without questions the list is empty."""
    attributes = [_attribute(question, order) for order, question in enumerate(category.questions, start=1)]
    return {"service_code": category.code, "attributes": attributes}


def _attribute(question: Question, order: int) -> dict[str, Any]:
    return {
        "variable": True,
        "code": question.code,
        "datatype": DATATYPES[question.kind],
        "required": question.required,
        "datatype_description": question.help or HINTS[question.kind],
        "order": order,
        "description": question.ask,
        "values": [{"key": option.code, "name": option.label} for option in question.options],
    }
