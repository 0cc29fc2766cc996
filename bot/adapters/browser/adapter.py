"""The browser adapter as app.py builds it: first the classroom and its platform, over the store;
then, when the core stands, joined to it and served."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.adapters.browser.classroom import Classroom, Intake
from bot.adapters.browser.platform import BrowserPlatform
from bot.core.dispatch import Dispatcher
from bot.core.ports import ClassroomStore, Clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.adapters.browser.pages import Pages


class BrowserAdapter:
    """`platform` is for the core; `connect` gives it the core; `serve` opens it to browsers."""

    def __init__(self, store: ClassroomStore, clock: Clock) -> None:
        self.classroom = Classroom(store, clock)
        self.platform = BrowserPlatform(self.classroom)
        self._dispatcher: Dispatcher | None = None

    def connect(self, dispatcher: Dispatcher, intake: Intake) -> None:
        self._dispatcher = dispatcher
        self.classroom.connect(intake, dispatcher)

    def pages(self, zone: ZoneInfo | None = None) -> "Pages":
        """The pages; `zone` is used until a browser has said which is its reader's."""
        # Imported here, since the web toolkit takes two seconds to load.
        from bot.adapters.browser.pages import Pages

        if self._dispatcher is None:
            raise RuntimeError("The classroom is not connected to the core yet.")
        return Pages(self.classroom, self._dispatcher, zone or ZoneInfo("UTC"))

    async def serve(
        self,
        host: str = "127.0.0.1",
        port: int = 8080,
        announce: "Callable[[str, str | None], None]" = lambda address, moved: None,
    ) -> None:
        """Serve until cancelled; `announce` gets the address, and a sentence if the port moved.

        Raises bot.adapters.browser.hosts.CannotServe for a host that is not this computer.
        """
        from bot.adapters.browser.run import serve

        await serve(self.pages(), host, port, announce)
