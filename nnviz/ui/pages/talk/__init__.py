"""Talk: the lesson in steps for a stage."""
