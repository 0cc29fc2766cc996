"""The first version of the course database and all that came after it."""
