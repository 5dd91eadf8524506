"""Questions that an investigator puts to the tables: searches, trails, journeys and rules."""
