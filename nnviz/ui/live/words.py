"""How the answer is put into words, in Python (`kit/answer.py`) and in the browser (`verdict.js`) alike."""

MANY = 12  # rows of outputs; more are scrolled
FEW = 3  # outputs that say yes and are named in a sentence; more are counted
SHORT = 2  # letters that a class's name may have and still be shown as large as a digit
LONGEST = 24  # letters of a name that are shown
