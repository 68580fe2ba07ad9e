"""Words: what published codes, columns and values of the policy are called, in Chinese and English."""
