"""The demonstration: three councils with their teams, hubs, listings, people and families, all invented."""
