"""Paper: pages and workbooks made from published figures only."""
