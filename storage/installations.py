"""Where Slack's app is installed. What an installation holds is sealed before it comes here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from storage.database import Connection, Database
from storage.schema import install_states, installations, installed_teams


@dataclass(frozen=True, slots=True)
class Installation:
    """`enterprise` "": a workspace of no organisation. `team` "": a whole organisation."""

    enterprise: str
    team: str
    sealed: str
    installed_at: datetime


_INSTALLATION = (
    installations.c.enterprise,
    installations.c.team,
    installations.c.sealed,
    installations.c.installed_at,
)


class Installations:
    """The installations in the course database; every write is durable when it returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, installation: Installation) -> None:
        async def work(db: Connection) -> None:
            await _forget(db, installation.enterprise, installation.team)
            await db.execute(
                insert(installations).values(
                    enterprise=installation.enterprise,
                    team=installation.team,
                    sealed=installation.sealed,
                    installed_at=installation.installed_at,
                )
            )

        await self._database.write(work)

    async def find(self, enterprise: str, team: str) -> Installation | None:
        here = (installations.c.enterprise == enterprise) & (installations.c.team == team)
        async with self._database.read() as db:
            row = (await db.execute(select(*_INSTALLATION).where(here))).one_or_none()
        return None if row is None else Installation(*row)

    async def of_team(self, team: str) -> Installation | None:
        """The workspace's own installation, else that of the organisation it was met in."""
        async with self._database.read() as db:
            own = await db.execute(
                select(*_INSTALLATION)
                .where(installations.c.team == team)
                .order_by(installations.c.installed_at.desc())
            )
            row = own.first()
            if row is None:
                whole = await db.execute(
                    select(*_INSTALLATION)
                    .join(
                        installed_teams, installed_teams.c.enterprise == installations.c.enterprise
                    )
                    .where(installed_teams.c.team == team, installations.c.team == "")
                )
                row = whole.first()
        return None if row is None else Installation(*row)

    async def all(self) -> Sequence[Installation]:
        async with self._database.read() as db:
            found = await db.execute(select(*_INSTALLATION).order_by(*_INSTALLATION[:2]))
            return [Installation(*row) for row in found]

    async def met(self, team: str, enterprise: str) -> None:
        """A workspace is one of this organisation's."""

        async def work(db: Connection) -> None:
            await db.execute(delete(installed_teams).where(installed_teams.c.team == team))
            await db.execute(insert(installed_teams).values(team=team, enterprise=enterprise))

        await self._database.write(work)

    async def forget(self, enterprise: str, team: str) -> None:
        await self._database.write(lambda db: _forget(db, enterprise, team))

    # --- installs under way ---------------------------------------------------------------------

    async def begin(self, digest: str, now: datetime, expires_at: datetime) -> None:
        """An install is begun; those that were never ended by then are forgotten."""

        async def work(db: Connection) -> None:
            await db.execute(delete(install_states).where(install_states.c.expires_at <= now))
            await db.execute(insert(install_states).values(digest=digest, expires_at=expires_at))

        await self._database.write(work)

    async def end(self, digest: str, now: datetime) -> bool:
        """Whether this install was begun, is not too old, and is ended for the first time."""

        async def work(db: Connection) -> bool:
            gone = await db.execute(
                delete(install_states)
                .where(install_states.c.digest == digest)
                .returning(install_states.c.expires_at)
            )
            expires_at = gone.scalar_one_or_none()
            return expires_at is not None and now < expires_at

        return await self._database.write(work)


async def _forget(db: Connection, enterprise: str, team: str) -> None:
    here = (installations.c.enterprise == enterprise) & (installations.c.team == team)
    await db.execute(delete(installations).where(here))
