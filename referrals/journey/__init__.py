"""The public form: ask for help. Knows nothing of the desk."""
