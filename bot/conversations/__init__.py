"""Durable inbox, one turn at a time per citizen, outbox: what is between the channels and the engine."""
