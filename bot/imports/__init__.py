"""What is read from files that others wrote: rosters, and archives of old terms."""
