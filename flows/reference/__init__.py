"""What is kept as data and decides figures, put into the database: policy, rates, rules, units, classes of cards."""
