"""Bringing procedures into the catalogue from the portal's pages, its API and the project's YAML."""
