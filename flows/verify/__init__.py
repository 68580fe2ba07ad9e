"""What `hesuan verify` asks: files against their hashes, lists against the ledgers, figures against a run once more."""
