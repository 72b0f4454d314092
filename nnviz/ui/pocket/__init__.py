"""The explorer in one file: alive in any browser, without a server; handed out at /pocket, and taken home."""
