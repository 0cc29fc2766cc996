"""Packs of discussion prompts, facts and sources: read, checked and searched; no platform here."""
