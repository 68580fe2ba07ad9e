"""The relations: one relation, one .sql file, by schema. No Python."""
