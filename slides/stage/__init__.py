"""How the deck is built, shown, driven and exported."""
