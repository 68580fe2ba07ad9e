"""The evidence of a workspace: files taken in and kept under their own hashes, and the ledger of who handed in what, when."""
