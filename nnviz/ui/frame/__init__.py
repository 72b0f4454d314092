"""What is around every page: menu, look, link, stage, kiosk, taking it home."""
