"""Questions to the tables: a search language, rankings and comparisons."""
