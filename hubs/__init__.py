"""Where: councils, localities and their teams, places and postcodes. Knows nothing of what is on offer."""
