"""`python -m bot.cli`, the same as `bot`."""

from bot.cli.application import main

if __name__ == "__main__":
    main()
