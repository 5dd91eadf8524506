"""What a rollback did: hosts, traffic, tokens, and the tail that was to be expected."""
