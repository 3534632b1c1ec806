"""The staff side: a team's queue. Knows nothing of the journey."""
