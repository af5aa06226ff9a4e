"""A word list written as one string, as the tables of this package are."""


def words(text: str) -> frozenset[str]:
    """The words of a string that white space separates."""
    return frozenset(text.split())
