"""What is read from files that others wrote: archives of old terms, in the core's words."""
