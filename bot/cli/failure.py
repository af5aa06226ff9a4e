"""The error of a command."""


class CommandError(Exception):
    """A command cannot do what it was asked; the text, for people, says why and what to do."""
