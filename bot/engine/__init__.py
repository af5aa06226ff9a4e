"""What runs inside Rasa, in an environment of its own; imports Rasa and `bot.text` only."""
