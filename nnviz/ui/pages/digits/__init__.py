"""Digits: what the network makes of all the test digits, and where it fails."""
