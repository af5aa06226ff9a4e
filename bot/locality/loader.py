"""Reading a locality file, with errors that name the line and the key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from bot.locality import boundaries
from bot.locality.model import Locality

MESSAGES = {
    "missing": "thiếu mục bắt buộc (required key is missing)",
    "extra_forbidden": "không có mục tên này (unknown key)",
    "string_type": "phải là chữ, đặt trong dấu nháy nếu là số (must be text; quote numbers)",
    "string_pattern_mismatch": "chỉ dùng chữ thường không dấu, số và gạch (wrong form of a code)",
    "string_too_long": "dài quá (too long)",
    "too_short": "phải có ít nhất một phần tử (must not be empty)",
    "tuple_type": "phải là danh sách (must be a list)",
    "model_type": "phải là nhóm 'khóa: giá trị' (must be a mapping)",
    "dict_type": "phải là nhóm 'khóa: giá trị' (must be a mapping)",
    "bool_parsing": "phải là true hoặc false (must be true or false)",
    "time_parsing": "giờ phải viết dạng 07:30 (time is written 07:30)",
    "date_from_datetime_parsing": "ngày phải viết dạng 2026-01-31 (date is written 2026-01-31)",
    "date_parsing": "ngày phải viết dạng 2026-01-31 (date is written 2026-01-31)",
    "date_type": "ngày phải viết dạng 2026-01-31 (date is written 2026-01-31)",
    "literal_error": "phải là một trong: {expected} (must be one of these)",
    "int_parsing": "phải là số nguyên (must be a whole number)",
    "int_type": "phải là số nguyên (must be a whole number)",
    "int_from_float": "phải là số nguyên (must be a whole number)",
    "greater_than_equal": "ít nhất là {ge} (at least)",
    "less_than_equal": "nhiều nhất là {le} (at most)",
    "union_tag_invalid": "'kind' phải là một trong: {expected_tags} (must be one of these)",
    "union_tag_not_found": "thiếu 'kind' (which kind it is, is missing)",
}
"""pydantic's kinds of errors, in words for whoever edits the file."""


class LocalityError(Exception):
    """The locality file cannot be used. Each line of the text is `file:line: key: what is wrong`."""


def load(path: Path) -> Locality:
    """Read and check a locality file.

    Raises:
        LocalityError: unreadable, not YAML, or a value that does not hold; all problems at once.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LocalityError(f"{path}: không đọc được tệp địa phương (cannot read): {error}") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            raise LocalityError(f"{path}:1: tệp phải là nhóm 'khóa: giá trị' (the file must be a mapping)")
        _refuse_double_keys(path, root)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LocalityError(f"{path}:{line}: sai cú pháp YAML (not valid YAML): {error.problem}") from error
    except yaml.YAMLError as error:
        raise LocalityError(f"{path}: sai cú pháp YAML (not valid YAML): {error}") from error
    try:
        locality = Locality.model_validate(values)
    except ValidationError as error:
        lines = [_explain(path, root, dict(item)) for item in error.errors(include_url=False)]
        raise LocalityError("\n".join(lines)) from error
    if problems := locality.contradictions():
        raise LocalityError("\n".join(_report(path, root, place, what) for place, what in problems))
    return _drawn(path, root, locality) if locality.boundaries else locality


def beside(path: Path, locality: Locality) -> tuple[Path, ...]:
    """The files that belong to a locality file."""
    return (path.parent / locality.boundaries,) if locality.boundaries else ()


def _drawn(path: Path, root: yaml.Node, locality: Locality) -> Locality:
    """The locality with its boundaries."""
    (file,) = beside(path, locality)
    if not file.is_file():
        what = f"không có tệp {locality.boundaries!r} bên cạnh tệp này (no such file beside this one)"
        raise LocalityError(_report(path, root, ("boundaries",), what))
    try:
        return locality.with_boundaries(boundaries.read(file, [ward.code for ward in locality.areas]))
    except boundaries.BoundaryError as error:
        lines = [f"{file}:{'' if line[:1].isdigit() else ' '}{line}" for line in str(error).splitlines()]
        raise LocalityError("\n".join(lines)) from error


def _refuse_double_keys(path: Path, node: yaml.Node) -> None:
    """YAML's last of two equal keys wins silently; here it is an error."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise LocalityError(f"{path}:{key.start_mark.line + 1}: {key.value}: khóa bị lặp (key given twice)")
            seen.add(key.value)
            _refuse_double_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_double_keys(path, value)


def _explain(path: Path, root: yaml.Node, item: dict[str, Any]) -> str:
    message = MESSAGES.get(item["type"]) or str(item["msg"]).removeprefix("Value error, ")
    message = message.format_map(item.get("ctx") or {}) if item["type"] in MESSAGES else message
    return _report(path, root, _in_file(root, item["loc"]), message)


def _in_file(node: yaml.Node, location: Sequence[int | str]) -> list[int | str]:
    """The place as the file writes it: between a key and its parts pydantic names the chosen kind, too."""
    found: list[int | str] = []
    for number, part in enumerate(location):
        if isinstance(node, yaml.MappingNode):
            values = {key.value: value for key, value in node.value}
            kind = values.get("kind")
            if part not in values and isinstance(kind, yaml.ScalarNode) and kind.value == part:
                continue
            found.append(part)
            if part not in values:
                return [*found, *location[number + 1 :]]
            node = values[str(part)]
        else:
            found.append(part)
            if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
    return found


def _report(path: Path, root: yaml.Node, location: Sequence[int | str], message: str) -> str:
    name = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return f"{path}:{_line(root, location)}: {name + ': ' if name else ''}{message}"


def _line(node: yaml.Node, location: Sequence[int | str]) -> int:
    """The line of the deepest part of the location that the file has."""
    line = node.start_mark.line
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((key, value) for key, value in node.value if key.value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line
        else:
            break
    return line + 1
