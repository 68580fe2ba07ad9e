"""Exporters' points: which metric of which vendor is what, and how points become samples of cards."""
