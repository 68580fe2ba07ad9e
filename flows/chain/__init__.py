"""Hash chains of samples: the form of a record, the links between records, the root of a day, and its signature."""
