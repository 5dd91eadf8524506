"""Reports of an investigation: on the terminal, as a page, as Markdown and as JSON."""
