"""Figures that show how well citizens are served: counted from what happened, kept without any personal datum."""
