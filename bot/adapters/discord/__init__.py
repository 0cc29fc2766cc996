"""The class on Discord: real servers, real channels, through discord.py."""
