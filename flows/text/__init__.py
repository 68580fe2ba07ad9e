"""From bytes to text, lines and trees that say one thing only; what they mean is not here."""
