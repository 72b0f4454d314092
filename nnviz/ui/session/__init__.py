"""A visitor's session: the one table of what it holds, its link, and the networks it can choose from."""
