"""What the bot decides. Knows no platform, no file format and no SQL."""
