"""The bot's actions for the engine: thin ones, in the bot's own environment. `python -m actions` serves them."""
