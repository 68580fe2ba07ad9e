"""The parts of the adapter `mapped_table`: one file format, one module; `header` finds the table in all."""
