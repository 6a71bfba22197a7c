"""Fields of agreements, from running text: who, since when, for how long, under which law."""
