"""The panel's decisions (第十三条): the sheet, the checks, the record."""
