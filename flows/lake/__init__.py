"""The lake: one set of Parquet files per file taken in, and all of them as relations, each fact once."""
