"""What is asked of a network: its neurons, its edges, its losses; arrays in, numbers out."""
