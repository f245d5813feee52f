"""Who may call: tokens of registered clients, their keys, and the store of tokens already seen."""
