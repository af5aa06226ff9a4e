"""The bot against both stand-ins, with a page on which one writes as a citizen on Telegram and on Zalo."""
