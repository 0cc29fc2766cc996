"""Reading a pack's files: each sheet knows one kind, and says what is wrong by file and line."""
