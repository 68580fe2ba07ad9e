"""Paper: what is printed and signed, as PDF."""
