"""Một Cửa: the assistant that a ward, commune or province puts in front of its citizens."""

__version__ = "0.1.0"
