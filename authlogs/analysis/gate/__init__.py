"""Is a rollout safe to go on with? A canary analysis that is valid at every look."""
