"""A storm: many citizens on both channels, platforms that fail and repeat themselves, processes that are killed."""
