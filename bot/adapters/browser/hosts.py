"""Where the classroom may be served: on this computer only, until there is sign-in."""

HOSTS = ("127.0.0.1", "localhost")


class CannotServe(Exception):
    """The classroom can't be served as asked; str() is the sentence for whoever runs it."""


def check_host(host: str) -> None:
    """Raises CannotServe for a host that is not this computer."""
    if host not in HOSTS:
        raise CannotServe(
            f"The classroom can't be served at {host}: sign-in does not exist yet, so it is kept on"
            " this computer; use 127.0.0.1."
        )
