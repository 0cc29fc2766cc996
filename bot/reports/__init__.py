"""A participation table as a file somebody can open."""
