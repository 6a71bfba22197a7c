"""Fields and tables, measured against documents whose truth is known."""
