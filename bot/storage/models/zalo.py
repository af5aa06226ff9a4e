"""The tokens of the Zalo Official Account, encrypted; one row an app."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.models.base import Base


class ZaloToken(Base):
    """The pair of tokens that all processes use, and the one attempt to renew it (docs/adr/0008)."""

    __tablename__ = "zalo_tokens"

    app_id: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Raised with every new pair; a pair is stored only over the generation that it was made from."""
    access_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    """None until the first refresh token was exchanged."""
    refresh_token: Mapped[bytes] = mapped_column(LargeBinary)
    access_from: Mapped[datetime | None]
    access_until: Mapped[datetime | None]
    refresh_from: Mapped[datetime] = mapped_column(server_default=func.now())
    """When the refresh token was issued, or came to us; it lives three months."""
    attempt: Mapped[str | None]
    """Who is renewing now (a random name); it is also the lock: one attempt at a time over all processes."""
    attempt_at: Mapped[datetime | None]
    unknown: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Attempts with this generation of which nobody knows whether Zalo has used up the refresh token."""
    not_before: Mapped[datetime] = mapped_column(server_default=func.now())
    """No attempt before this time: after a failure."""
    trouble: Mapped[str | None]
    """A stable word for why the last attempt failed: `unreachable`, `unknown`, `refused`, `lost`; None: all is well."""
    trouble_code: Mapped[int | None]
    """Zalo's error code, where there is one."""
    seeds: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    """Digests of the first tokens (BOT_ZALO_REFRESH_TOKEN) that were taken: each is taken once."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
