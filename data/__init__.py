"""Things, no logic: policies and reference tables, read as package resources only."""
