"""The console's own pages; lists and forms that starlette-admin makes are in `bot.console.tables`."""
