"""Why Discord can't be used, for whoever runs the bot. It imports no library: the terminal loads
it."""


class CannotConnect(Exception):
    """Somebody has to do something first; str() says what."""
