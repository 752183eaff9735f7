"""A tablet without a screen: what the app does with its key, its outbox and the gateway, for tests and load."""
