"""Alert rules: written down, replayed over logs, proposed from an incident, exported."""
