"""What: everything a family can find, where and when. Knows nothing of families."""
