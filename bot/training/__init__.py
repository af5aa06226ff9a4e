"""Measuring what the bot understands, on sets that it was not trained on."""
