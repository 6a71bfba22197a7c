"""Reading pages: the lanes, reading order and assembly."""
