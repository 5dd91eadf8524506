"""One engine, driven by format files, turns lines into rows of the EVENTS and CHANGES tables."""
