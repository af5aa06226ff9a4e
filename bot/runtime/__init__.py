"""Running the whole system: the supervisor behind `bot run`, what it prepares, and what `bot check` looks at."""
