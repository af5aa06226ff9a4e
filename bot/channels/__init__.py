"""Where citizens write: a channel verifies, stores and acknowledges; it decides nothing."""
