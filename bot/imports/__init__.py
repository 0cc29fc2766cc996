"""Files that come in: rosters and other tables, read into what the core asks for."""
