"""Template tags of the journey."""
