"""Occupancy: samples of cards reduced to hours, minute by minute in bitmaps, with exact sums beside them."""
