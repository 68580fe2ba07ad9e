"""The voucher ledger in double entry: its rules, its book, its place in the database."""
