"""Figures of an investigation, ready for print: data first, then ink."""
