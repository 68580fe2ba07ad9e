"""The command line, one group of commands a file; clock and environment are read in cli.py and handed in."""
