"""Network: all knobs in one picture, and what breaks when parts are lost or turned."""
