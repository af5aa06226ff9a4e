"""The catalogue of procedures, the search over it, and the answers composed from it."""
