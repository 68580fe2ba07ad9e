"""Hash chains of samples: the form of a record, the links between records, and the root of a day."""
