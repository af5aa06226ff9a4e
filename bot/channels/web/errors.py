"""The one shape of errors, and what they say to people: what happened and what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

log = structlog.get_logger(__name__)

MESSAGES: dict[str, tuple[int, str]] = {
    "bad_json": (400, "Yêu cầu không phải là JSON hợp lệ. Hãy gửi một đối tượng JSON mã hóa UTF-8."),
    "bad_request": (400, "Yêu cầu không đúng chuẩn HTTP."),
    "missing_field": (400, "Yêu cầu thiếu trường bắt buộc: {field}."),
    "empty_message": (400, "Tin nhắn trống. Hãy gửi text (nội dung) hoặc payload (nút đã bấm)."),
    "text_and_payload": (400, "Chỉ gửi một trong hai: text hoặc payload."),
    "unknown_conversation": (
        401,
        "Mã cuộc trò chuyện không đúng hoặc đã hết hiệu lực. Hãy bắt đầu cuộc trò chuyện mới.",
    ),
    "not_found": (404, "Không có địa chỉ này. Hãy kiểm tra lại đường dẫn."),
    "method_not_allowed": (405, "Địa chỉ này không nhận phương thức {method}."),
    "too_slow": (408, "Ảnh gửi lên chậm quá. Hãy thử lại khi mạng khá hơn, hoặc gửi ảnh nhỏ hơn."),
    "request_too_slow": (408, "Yêu cầu gửi lên chậm quá. Hãy thử lại khi mạng khá hơn."),
    "photo_too_large": (413, "Ảnh lớn quá. Hãy gửi ảnh dưới {limit} MB, không quá 50 triệu điểm ảnh."),
    "photo_unreadable": (422, "Không đọc được tệp này. Hãy gửi ảnh JPEG, PNG hoặc WebP."),
    "photo_too_many": (
        422,
        "Bạn đã gửi nhiều ảnh chưa kèm vào phản ánh nào. Hãy gửi phản ánh trước, rồi thêm ảnh sau.",
    ),
    "message_too_long": (413, "Tin nhắn dài quá {limit} ký tự. Hãy viết ngắn lại hoặc chia thành nhiều tin."),
    "request_too_large": (413, "Yêu cầu lớn quá {limit} byte. Hãy rút ngắn lại."),
    "wrong_type": (422, "Trường {field} sai kiểu: phải là {expected}."),
    "invalid_message_id": (422, "message_id phải là chuỗi từ 1 đến {limit} ký tự, không có ký tự điều khiển."),
    "payload_too_long": (422, "payload dài quá {limit} byte."),
    "too_many_requests": (429, "Bạn gửi nhanh quá. Hãy đợi {seconds} giây rồi gửi lại."),
    "headers_too_large": (431, "Phần đầu của yêu cầu lớn quá giới hạn."),
    "internal_error": (500, "Hệ thống gặp lỗi ngoài dự kiến. Hãy thử lại sau ít phút."),
    "not_answered_yet": (
        503,
        "Tin nhắn đã được lưu nhưng chưa có câu trả lời. Hãy hỏi lại với cùng message_id sau {seconds} giây.",
    ),
    "too_many_connections": (503, "Đang có quá nhiều kết nối. Hãy thử lại sau {seconds} giây."),
    "unavailable": (503, "Hệ thống tạm thời chưa phục vụ được. Hãy thử lại sau {seconds} giây."),
}


class ApiError(Exception):
    """A request that gets an error; `code` is a key of `MESSAGES`."""

    def __init__(self, code: str, *, retry_after: int | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after = retry_after
        self.values = values


def error_response(
    code: str,
    values: Mapping[str, object] | None = None,
    *,
    retry_after: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`{"error": {"code", "message"}}` with the status of the code."""
    status, message = MESSAGES[code]
    filled = {**(values or {}), "seconds": retry_after}
    if retry_after is not None:
        headers = {**(headers or {}), "Retry-After": str(retry_after)}
    body = {"error": {"code": code, "message": message.format_map(filled)}}
    return Response(json.dumps(body, ensure_ascii=False), status, headers, "application/json")


async def on_api_error(_request: Request, error: Exception) -> Response:
    """Answer an `ApiError`."""
    assert isinstance(error, ApiError)  # noqa: S101  registered for it
    return error_response(error.code, error.values, retry_after=error.retry_after)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Answer what the framework refuses: 404 and 405 above all."""
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    if error.status_code == 405:
        return error_response("method_not_allowed", {"method": request.method}, headers=error.headers)
    if error.status_code == 404:
        return error_response("not_found")
    body = {"error": {"code": f"http_{error.status_code}", "message": str(error.detail)}}
    return Response(json.dumps(body, ensure_ascii=False), error.status_code, error.headers, "application/json")


async def on_gone(_request: Request, _error: Exception) -> Response:
    """The client went away, or was cut off, before its request was there; nobody reads this."""
    return error_response("bad_request")


async def on_fault(request: Request, error: Exception) -> Response:
    """Answer a fault of ours; the log gets the details, the citizen does not."""
    log.error("web.fault", path=request.url.path, exc_info=error)
    return error_response("internal_error")
