"""Networks read from files, and nothing in them trusted."""
