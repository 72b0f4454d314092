"""What pages share: canvas, answer, pickers, sums in numbers."""
