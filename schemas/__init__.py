"""Shapes: table contracts, SQL cards, policy files, faults. Imports nothing of ours."""
