"""Zalo Official Account: webhook in, `message/cs` out, and the tokens that both need."""
