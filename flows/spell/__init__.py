"""Spells: from what day to what day which card was used at which provider; compared across providers, drawer by drawer."""
