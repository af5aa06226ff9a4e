"""Live chats: a citizen asks for a person, an officer takes the conversation over and gives it back (docs/chats.md)."""
