"""The website: settings, addresses, pages, admin screens and look. Nothing imports it."""
