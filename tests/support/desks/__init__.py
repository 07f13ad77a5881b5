"""Connectors for tests of the application: helpdesks that do what none of the first ones does."""
