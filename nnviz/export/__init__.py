"""What leaves the page as text: the drawing in a link, the numbers in a table."""
