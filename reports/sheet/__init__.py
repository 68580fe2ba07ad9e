"""Workbooks: the panel's, the operators', and templates for what is handed in."""
