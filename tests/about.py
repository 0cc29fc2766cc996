"""Reads what goes beside a file that is handed out."""

from hashlib import sha256


def checked(about: bytes, content: bytes) -> str:
    """The digest in the one line that is no comment, which is that of the file."""
    (line,) = [one for one in about.decode().split("\n") if one and not one.startswith("#")]
    digest, _, _ = line.partition("  ")
    assert sha256(content).hexdigest() == digest
    return digest
