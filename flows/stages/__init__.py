"""The six stages as plain functions: paths in, paths out; no engine, no clock."""
