"""Who: a family's story and the work on it. Knows nothing of the website."""
