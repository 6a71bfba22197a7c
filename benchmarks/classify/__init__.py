"""How often the classifier is right, beside plain baselines, and what it costs."""
