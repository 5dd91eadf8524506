"""Find out what broke the logins, from the logs that are there."""
