"""Pseudonyms for reports: keyed, so that nobody who lacks the course's key can work out whose one
is, and the same for one student in every report of the course."""

from base64 import b32encode
from hashlib import blake2b

from bot.core.services import Services
from storage import pseudonyms as kept
from storage.ids import CourseId

KEY_BYTES = 32
_LENGTH = 5
"""Bytes of the digest: forty bits, so that two of a thousand are the same once in two million."""


async def key_of(services: Services, course: CourseId) -> bytes:
    """The course's key, made the first time it is needed."""
    fresh = services.random_bytes(KEY_BYTES).hex()
    key = await services.database.write(lambda db: kept.key_of(db, course, fresh))
    return bytes.fromhex(key)


def pseudonym(key: bytes, whose: str) -> str:
    """Of a member's id, or of the roster entry's that no member is linked to."""
    digest = blake2b(whose.encode("ascii"), key=key, digest_size=_LENGTH).digest()
    return f"S-{b32encode(digest).decode('ascii')}"
