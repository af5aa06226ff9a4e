"""Telegram by long polling: updates into the inbox, the outbox to the citizens."""
