"""Names of administrative units in the whole country: those of today and those before the merger of 1/7/2025."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bot.storage.models.base import Base, identity


class PlaceName(Base):
    """A name that a citizen may use for a ward, with the ward of today that it stands for.

    A former ward that was divided has a row for each of its parts.
    """

    __tablename__ = "place_names"
    __table_args__ = (Index("ix_place_names_folded", "folded"),)

    id: Mapped[int] = identity()
    name: Mapped[str]
    """As written officially, with its kind: "Phường Phúc Xá"."""
    folded: Mapped[str]
    """Without kind and diacritics, in lower case: "phuc xa"; numbers without leading zeros."""
    kind: Mapped[str]
    """`phuong`, `xa`, `thi tran`, `dac khu`."""
    district: Mapped[str | None]
    """Of the former ward."""
    former_province: Mapped[str | None]
    """Of the former ward."""
    former: Mapped[bool]
    """Whether it is a name of before 1/7/2025."""
    ward: Mapped[str]
    """Today's ward, with its kind."""
    ward_code: Mapped[str | None]
    """The official code of today's ward, where the source has it."""
    province: Mapped[str]
    """Today's province, with its kind."""
    source: Mapped[str]
    """Which file it came from."""
