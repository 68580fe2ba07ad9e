"""A workspace that lies on S3-compatible storage: every machine keeps copies, what is written is stored at once."""
