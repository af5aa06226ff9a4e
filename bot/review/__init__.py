"""Reviewing what the bot did not answer well: cases, groups of them by meaning, what staff do with a group."""
