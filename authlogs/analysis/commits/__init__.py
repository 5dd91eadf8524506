"""Where in the code a review should begin: commits and files of the suspect change, ranked.

Ranked by how alike their words are to the words of the incident (TF-IDF), no more: a list to start
from, never a verdict, and never one on a person.
"""
