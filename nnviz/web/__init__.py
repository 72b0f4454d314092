"""The server around the pages: who may ask it, and what it tells browsers to refuse."""
