"""A folder a page: its parts, and its style sheet."""
