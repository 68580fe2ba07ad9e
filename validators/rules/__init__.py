"""The rule cards: one rule, one .sql file, by family. No Python."""
