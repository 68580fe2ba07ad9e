"""Bills of clouds and platforms: cells, reasons to refuse a line, when a month is final."""
