"""Train: a network learns while one watches, and any moment of it can be seen again."""
