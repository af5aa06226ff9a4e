"""Lists and forms that starlette-admin makes: accounts, canned replies.

Each is reached by the permission that it names, whatever the address; what is changed is audited in its transaction.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, inspect
from starlette.requests import Request
from starlette_admin import BooleanField, DateTimeField, EnumField, IntegerField, StringField, TextAreaField
from starlette_admin.contrib.sqla import ModelView
from starlette_admin.exceptions import FormValidationError

from bot.console import texts
from bot.console.audit import entry
from bot.console.identity import InvalidAccountError, check
from bot.console.login import account_of, address_of
from bot.console.menu import Group
from bot.console.permissions import Permission, allowed
from bot.console.site import Site
from bot.storage.models import CannedReply, Staff, StaffSession
from bot.tickets.states import LABELS

CHAT = "chat"
"""A canned reply for live chats, beside the statuses of tickets."""
LONGEST_TITLE, LONGEST_BODY = 80, 1800
SEVERAL: dict[str, Any] = {
    "multiple": True,
    "list_template": "fields/list/several.html",
    "detail_template": "fields/list/several.html",
}
"""A field of several values, shown as words with commas."""


class Table(ModelView):
    """What both share: the permission, no columns menu, no import, no export."""

    permission: Permission
    group: Group
    handbook: str
    """Its chapter of the handbook."""
    purpose: str
    """One sentence that says what it is for."""
    column_visibility = False
    exporters = ()
    importers = ()
    page_size = 25
    page_size_options = (25, 50, 100)
    row_click_navigate = False

    def __init__(self, site: Site, model: type[Any]) -> None:
        self.site = site
        super().__init__(model)

    def is_accessible(self, request: Request) -> bool:
        """Whoever asks has the table's permission."""
        account = getattr(request.state, "account", None)
        return account is not None and allowed(account.roles, self.permission)

    @property
    def guide(self) -> str:
        """The chapter of the handbook that explains it."""
        return self.handbook

    def shown(self, request: Request) -> bool:
        """Whether it stands in the menu."""
        return self.is_accessible(request)

    def can_import(self, request: Request) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def can_export(self, request: Request) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def note(self, request: Request, action: str, target: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Write a change down in its own transaction."""
        request.state.session.add(
            entry(account_of(request).name, action, target, before=before, after=after, address=address_of(request))
        )


class StaffTable(Table):
    """Accounts: roles, agency, disabled. They are made, and passwords reset, by `bot staff`."""

    key = "staff"
    menu_label = "Tài khoản"
    display_name = "tài khoản"
    permission = Permission.STAFF_MANAGE
    group = Group.ADMINISTRATION
    handbook = "tai-khoan"
    purpose = (
        "Ai được vào bảng điều khiển, với vai trò và cơ quan nào. Tạo tài khoản mới và đặt lại mật khẩu bằng lệnh"
        " “bot staff” trên máy chủ."
    )
    fields = (
        IntegerField("id", exclude_from_list=True, read_only=True, exclude_from_edit=True, exclude_from_detail=True),
        StringField("name", label="Tên đăng nhập", exclude_from_edit=True),
        StringField("full_name", label="Họ tên", maxlength=80),
        EnumField("roles", label="Vai trò", choices=tuple(texts.ROLES.items()), required=True, **SEVERAL),
        StringField("agency", label="Cơ quan (mã; trống: tất cả)"),
        BooleanField("disabled", label="Khoá"),
        DateTimeField("last_login_at", label="Đăng nhập gần nhất", exclude_from_edit=True),
        DateTimeField("created_at", label="Tạo lúc", exclude_from_edit=True),
    )
    searchable_fields = ("name", "full_name", "agency")
    sortable_fields = ("name", "agency", "last_login_at", "created_at")
    fields_default_sort = ("name",)

    def can_create(self, request: Request) -> bool:  # noqa: ARG002
        """By `bot staff add` alone: the first password is shown to whoever makes the account, once."""
        return False

    def can_delete(self, request: Request) -> bool:  # noqa: ARG002
        """Never: the audit log names accounts."""
        return False

    async def validate(self, request: Request, data: dict[str, Any]) -> None:
        """As on the command line; and nobody locks themselves out."""
        data["agency"] = (data.get("agency") or "").strip() or None
        data["full_name"] = (data.get("full_name") or "").strip() or None
        data["disabled"] = bool(data.get("disabled"))
        data["roles"] = sorted(set(data.get("roles") or []))
        errors: dict[str | int, Any] = {}
        try:
            check("any", data["roles"], data["agency"], {item.code for item in self.site.locality.agencies})
        except InvalidAccountError as error:
            codes = ", ".join(item.code for item in self.site.locality.agencies)
            errors[error.field] = f"Mã cơ quan: {codes}" if error.field == "agency" else "Chọn ít nhất một vai trò."
        if str(account_of(request).id) == str(request.path_params.get("pk") or request.query_params.get("pk")) and (
            data["disabled"] or "admin" not in data["roles"]
        ):
            errors["roles"] = "Không thể tự khoá hoặc tự bỏ quyền quản trị của mình."
        if errors:
            raise FormValidationError(errors)

    async def before_edit(self, request: Request, data: dict[str, Any], obj: Any) -> None:
        """Write it down; other rights, or none, end the account's logins."""
        kept = _changed(obj, ("roles", "agency", "disabled"))
        changed = {name: data[name] for name in kept}
        if changed:
            await request.state.session.execute(delete(StaffSession).where(StaffSession.staff_id == obj.id))
        self.note(request, "staff.edit", obj.name, kept, changed)


class ReplyTable(Table):
    """Canned replies of this place."""

    key = "replies"
    menu_label = "Câu trả lời mẫu"
    display_name = "câu trả lời mẫu"
    permission = Permission.REPLIES_MANAGE
    group = Group.REPORTS
    handbook = "cau-tra-loi-mau"
    purpose = "Câu soạn sẵn để cán bộ trả lời người dân nhanh và thống nhất; chọn ở trang của từng phản ánh."
    fields = (
        IntegerField("id", exclude_from_list=True, read_only=True, exclude_from_create=True, exclude_from_edit=True),
        StringField("title", label="Tên", required=True, maxlength=LONGEST_TITLE),
        TextAreaField(
            "body", label="Nội dung", required=True, help_text="Có thể dùng {code}, {agency}, {due}.", rows=6
        ),
        EnumField(
            "statuses",
            label="Dùng khi (trống: mọi trạng thái)",
            choices=(*((status.value, label) for status, label in LABELS.items()), (CHAT, "trò chuyện trực tiếp")),
            **SEVERAL,
        ),
        StringField("agency", label="Riêng cho cơ quan (mã; trống: tất cả)"),
    )
    searchable_fields = ("title", "body")
    sortable_fields = ("title",)
    fields_default_sort = ("title",)

    async def validate(self, request: Request, data: dict[str, Any]) -> None:  # noqa: ARG002
        """What a reply must be."""
        errors: dict[str | int, Any] = {}
        for name, longest in (("title", LONGEST_TITLE), ("body", LONGEST_BODY)):
            data[name] = (data.get(name) or "").replace("\r\n", "\n").strip()
            if not data[name]:
                errors[name] = "Phải điền mục này."
            elif len(data[name]) > longest:
                errors[name] = f"Tối đa {longest} ký tự."
        data["statuses"] = sorted(set(data.get("statuses") or []))
        if not set(data["statuses"]) <= {*(status.value for status in LABELS), CHAT}:
            errors["statuses"] = "Không có trạng thái này."
        data["agency"] = (data.get("agency") or "").strip() or None
        known = {item.code for item in self.site.locality.agencies}
        if data["agency"] is not None and data["agency"] not in known:
            errors["agency"] = f"Mã cơ quan: {', '.join(sorted(known))}"
        if errors:
            raise FormValidationError(errors)

    async def before_create(self, request: Request, data: dict[str, Any], obj: Any) -> None:  # noqa: ARG002
        """Write it down."""
        self.note(request, "reply.create", data["title"], {}, data)

    async def before_edit(self, request: Request, data: dict[str, Any], obj: Any) -> None:
        """Write it down."""
        kept = _changed(obj, tuple(data))
        self.note(request, "reply.edit", obj.title, kept, {name: data[name] for name in kept})

    async def before_delete(self, request: Request, obj: Any) -> None:
        """Write it down."""
        self.note(request, "reply.delete", obj.title, {"body": obj.body, "statuses": obj.statuses}, {})


def _changed(obj: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """The values before, of what is about to change: starlette-admin has filled the object already."""
    kept: dict[str, Any] = {}
    for name in names:
        history = inspect(obj).attrs[name].history
        if history.has_changes():
            kept[name] = history.deleted[0] if history.deleted else None
    return kept


def tables(site: Site) -> list[Table]:
    """Both of them."""
    return [ReplyTable(site, CannedReply), StaffTable(site, Staff)]
