"""Benchmarks: the product beside stock Rasa, in one run on the same data. `make bench` runs them all."""
