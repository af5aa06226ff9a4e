"""Stand-ins for the platforms that citizens write on: real HTTP servers on loopback, as faithful as is known.

`python -m tests.standins.telegram` is a Telegram Bot API server, `python -m tests.standins.zalo` a Zalo Official
Account with its OAuth, `python -m tests.standins.demo` runs the bot against both, with a page to write on.
Each has a control API (`POST /control/<act>`, `tests.standins.control`) by which a test makes a citizen speak, reads
what reached them, and lets the platform fail.
"""
