"""The messages of a channel or a thread as they stand on a page, with what can be done to each."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import background_tasks, ui
from nicegui.events import GenericEventArguments

from bot.adapters.browser import inbound
from bot.adapters.browser.changing import ask_delete, editing
from bot.adapters.browser.commands import CommandForm
from bot.adapters.browser.render import clock_to_html
from bot.adapters.browser.widgets import (
    REACTIONS,
    button,
    html,
    icon_button,
    link,
    mark_of,
    show_card,
    show_words,
)
from bot.adapters.browser.window import Window
from bot.core.cards import Button, from_json
from bot.core.commands import Answer, File, Form, Outcome
from bot.core.evidence import marked
from bot.core.ports import ClassroomMessage

_FACT_PRESSED = """(event) => {
  const fact = event.target.closest("[data-fact]");
  if (fact) emit(fact.dataset.fact);
}"""
"""What render.py makes of a fact's id, pressed anywhere in a stream."""

_ICONS = {"fact check": "fact_check", "participation counted": "rule"}

QUOTED = 90
"""So many characters of a message stand above an answer to it."""


class Stream:
    """A channel's messages (`thread` None) or a thread's; `answer` begins an answer to one,
    `changed` is told of one that was there and now reads otherwise, or is gone."""

    def __init__(self, window: Window, thread: int | None) -> None:
        self._window = window
        self.thread = thread
        self.answer: Callable[[ClassroomMessage], None] = lambda message: None
        self.changed: Callable[[ClassroomMessage], None] = lambda message: None
        self._known: dict[int, ClassroomMessage] = {}
        self._shown: dict[int, ui.element] = {}
        self._quotes: dict[int, ui.element] = {}  # answer: where it quotes what it answers
        self._drafts: dict[int, str] = {}  # message: the text it is being changed to
        self._palettes: set[int] = set()  # messages whose reactions are being picked from
        name = "discussion" if thread is not None else f"channel {window.channel.name}"
        self._list = ui.element("div").classes("cf-stream").mark(f"stream-{_mark(thread)}")
        self._list.props["role"] = "log"
        self._list.props["aria-label"] = f"Messages of the {name}"
        self._list.on("click", self._open_fact, js_handler=_FACT_PRESSED)

    async def fill(self) -> None:
        """Show all that this person may see."""
        window = self._window
        messages = await window.classroom.messages(
            window.channel.ref, self.thread, window.person.ref
        )
        if self.thread is not None:
            root = await window.classroom.store.message(self.thread)
            if root is not None and root.channel == window.channel.ref:
                messages = [root, *messages]
        self._list.clear()
        self._known.clear()
        self._shown.clear()
        self._quotes.clear()
        for message in messages:
            self.show(message)

    def redraw(self) -> None:
        """Show the same again, in the reader's zone."""
        for message in self._known.values():
            self.show(message)

    def show(self, message: ClassroomMessage, *, follow: bool = False) -> None:
        """Show a message as it now stands: new, changed or gone. `follow`: scroll to it."""
        if message.deleted_at is not None:
            self._remove(message)
            return
        if self._list.is_deleted or message.only_for not in (None, self._window.person.ref):
            return
        before = self._known.get(message.id)
        self._known[message.id] = message
        if message.id not in self._shown:
            with self._list:
                self._shown[message.id] = self._frame(message)
        box = self._shown[message.id]
        box.clear()
        with box:
            self._draw(message)
        if before is not None and before.text != message.text:
            self._reads_otherwise(message)
        if follow:
            box.run_method("scrollIntoView", {"block": "nearest"})

    def _remove(self, message: ClassroomMessage) -> None:
        known = self._known.pop(message.id, None)
        self._drafts.pop(message.id, None)
        self._quotes.pop(message.id, None)
        if (gone := self._shown.pop(message.id, None)) is not None:
            gone.delete()
        if known is not None:
            self._reads_otherwise(message)

    def _reads_otherwise(self, message: ClassroomMessage) -> None:
        """The answers quote it: what is quoted must be what it says now, or nothing."""
        for id_, quote in self._quotes.items():
            if self._known[id_].reply_to == message.id:
                quote.clear()
                with quote:
                    self._quote(message.id)
        self.changed(message)

    def holds(self, message: ClassroomMessage) -> bool:
        return message.id in self._shown or message.thread == self.thread

    def root_changed(self, thread: int) -> None:
        """A message came into a thread, or left it: its root says how many there are."""
        if self.thread is None and thread in self._known:
            self.show(self._known[thread])

    # --- answers of the bot ---------------------------------------------------------------------

    async def run(self, command: str, arguments: dict[str, object]) -> None:
        """Run a command as if it had been typed here."""
        id_ = inbound.new_invocation_id()
        outcome = await self._window.run(
            self._window.invocation(id_, self.thread, command, arguments)
        )
        await self.take(outcome)

    async def open_form(self, command: str, arguments: dict[str, object]) -> None:
        id_ = inbound.new_invocation_id()
        asked = self._window.invocation(id_, self.thread, command, arguments)
        form = await self._window.form(asked)
        if form is not None:
            await self.take(form)

    async def take(self, outcome: Outcome) -> None:
        if isinstance(outcome, Form):
            with self._list:
                dialog = CommandForm(self._window, self.thread, self.take)
            await dialog.show(outcome)
            return
        self._show_answer(outcome)
        await self._window.refresh_offered(self.thread)

    async def _open_fact(self, event: GenericEventArguments) -> None:
        await self.run("fact about", {"subject": str(event.args)})

    async def press(self, pressed: Button) -> None:
        arguments: dict[str, object] = dict(pressed.arguments)
        run = self.open_form if pressed.form else self.run
        await run(pressed.command, arguments)

    def _show_answer(self, answer: Answer) -> None:
        with self._list:
            box = ui.element("section").classes("cf-message cf-private").mark("private")
        refused = " cf-refusal" if answer.card.tone == "refusal" else ""
        with box:
            self._private_head(box.delete)
            with ui.element("div").classes(f"cf-card{refused}"):
                show_card(answer.card, self._window.reader(f"a{box.id}"), f"a{box.id}", self.press)
                for file in answer.files:
                    _offer(file)
        for file in answer.files:
            _download(file)
        box.run_method("scrollIntoView", {"block": "start"})  # a long answer is read from its top

    def _private_head(self, dismiss: Callable[[], object]) -> None:
        with ui.element("div").classes("cf-head"):
            ui.icon("visibility_off").classes("cf-eye").props("aria-hidden=true")
            ui.label("Only you can see this").classes("cf-small")
            icon_button("close", "Dismiss", "dismiss", dismiss)

    # --- one message ----------------------------------------------------------------------------

    def _frame(self, message: ClassroomMessage) -> ui.element:
        kind = "cf-bot" if message.author is None else ""
        kind += " cf-private" if message.only_for is not None else ""
        kind += " cf-root" if message.id == self.thread else ""
        box = ui.element("article").classes(f"cf-message {kind}").mark(f"message-{message.id}")
        box.props["id"] = f"m{message.id}" if message.id != self.thread else f"m{message.id}-root"
        box.props["aria-label"] = f"Message of {self._author(message)}"
        return box

    def _draw(self, message: ClassroomMessage) -> None:
        if message.only_for is not None:
            self._private_head(lambda: self._dismiss(message))
        else:
            self._head(message)
        if message.reply_to is not None:
            self._quotes[message.id] = ui.element("div")
            with self._quotes[message.id]:
                self._quote(message.reply_to)
        if message.id in self._drafts:
            self._draw_edit(message)
        elif message.author is None:
            with ui.element("div").classes("cf-card"):
                reader = self._window.reader(f"m{message.id}-{_mark(self.thread)}")
                show_card(from_json(message.card), reader, str(message.id), self.press)
        else:
            words = marked(message.text or "", self._window.facts)
            show_words(words, self._window.reader(f"m{message.id}"), f"text-{message.id}")
        if message.only_for is None:
            self._reactions(message)
            self._tools(message)
            if self.thread is None:
                self._open_thread(message)

    def _head(self, message: ClassroomMessage) -> None:
        now = self._window.classroom.clock.now()
        with ui.element("div").classes("cf-head"):
            ui.label(self._author(message)).classes("cf-author")
            if message.author is None:
                ui.label("bot").classes("cf-tag")
            html(clock_to_html(message.sent_at, self._window.zone, now), tag="span").classes(
                "cf-small"
            )
            if message.edited_at is not None and message.author is not None:
                ui.label("edited").classes("cf-small")

    def _author(self, message: ClassroomMessage) -> str:
        if message.author is None:
            return inbound.BOT.name
        return self._window.classroom.name_of(message.author)

    def _quote(self, answered: int) -> None:
        quoted = self._known.get(answered)
        if quoted is None:
            ui.label("Answers a message that was deleted").classes("cf-quoting cf-small")
            return
        text = " ".join((quoted.text or "").split())
        short = text if len(text) <= QUOTED else text[:QUOTED].rstrip() + "…"
        with ui.link(target=f"#m{answered}").classes("cf-quoting"):
            ui.label(self._author(quoted)).classes("cf-quoted-name")
            ui.label(short).classes("cf-quoted-text")

    def _reactions(self, message: ClassroomMessage) -> None:
        if not message.reactions:
            return
        own = self._window.person.ref
        with ui.element("div").classes("cf-row cf-reactions"):
            for emoji in dict.fromkeys(emoji for _, emoji in message.reactions):
                whose = [who for who, given in message.reactions if given == emoji]
                names = ", ".join(self._window.classroom.name_of(who) for who in whose)
                chip = (
                    ui.element("button").classes("cf-chip").mark(f"reaction-{emoji}-{message.id}")
                )
                chip.props["type"] = "button"
                chip.props["aria-pressed"] = "true" if own in whose else "false"
                chip.props["title"] = names
                chip.props["aria-label"] = f"{REACTIONS.get(emoji, emoji)}: {names}"
                chip.on("click", self._reacting(message.id, emoji, own not in whose), [])
                with chip:
                    _emoji(emoji)
                    ui.label(str(len(whose)))

    def _tools(self, message: ClassroomMessage) -> None:
        id_ = message.id

        def palette() -> None:
            self._palettes ^= {id_}
            choices.set_visibility(id_ in self._palettes)

        with ui.element("div").classes("cf-tools"):
            if message.author is not None:
                icon_button("reply", "Answer", f"answer-{id_}", lambda: self.answer(message))
                self._offer_on(message)
            icon_button("add_reaction", "React", f"react-{id_}", palette)
            if message.author == self._window.person.ref:
                icon_button("edit", "Edit", f"edit-{id_}", lambda: self._begin_edit(message))
                icon_button("delete", "Delete", f"delete-{id_}", lambda: self._ask_delete(id_))
        choices = ui.element("div").classes("cf-row cf-palette")
        choices.set_visibility(id_ in self._palettes)
        own = self._window.person.ref
        with choices:
            for emoji, says in REACTIONS.items():
                present = (own, emoji) not in message.reactions
                icon_button(
                    mark_of(emoji) or "add",
                    f"React: {says}",
                    f"react-{emoji}-{id_}",
                    self._reacting(id_, emoji, present),
                )

    def _offer_on(self, message: ClassroomMessage) -> None:
        """The commands that can be run on a message."""
        for command in self._window.offered:
            if (on := command.on_message) is not None:
                given = (message.text or "") if on.gives == "text" else str(message.id)
                if not given.strip():
                    continue
                run = partial(self.run, command.name, {on.param: given})
                mark = f"{command.name.replace(' ', '-')}-{message.id}"
                icon_button(_ICONS.get(command.name, "bolt"), on.label, mark, run)

    def _open_thread(self, message: ClassroomMessage) -> None:
        """Where the thread is, and how much is in it; filled in when the count is known."""
        row = ui.element("div").classes("cf-row")
        address = self._window.address(message.id)
        by_bot = message.author is None

        async def count() -> None:
            held, last = await self._window.classroom.replies(message.channel, message.id)
            if row.is_deleted or not (held or by_bot):
                return
            words = f"{held} {'reply' if held == 1 else 'replies'}" if held else "No replies yet"
            with row:
                link(
                    f"Discussion · {words}" if by_bot else words,
                    address,
                    f"thread-{message.id}",
                    "cf-thread-link",
                )
                if last is not None:
                    now = self._window.classroom.clock.now()
                    zone = self._window.zone
                    html(f"last {clock_to_html(last, zone, now)}", tag="span").classes("cf-small")

        counting = background_tasks.await_on_shutdown(count)  # a read is not to be cut off
        background_tasks.create(counting(), name="count replies", context=row)

    # --- what a person does to it ---------------------------------------------------------------

    def _reacting(self, id_: int, emoji: str, present: bool) -> Callable[[], Awaitable[None]]:
        async def react() -> None:
            window = self._window
            self._palettes.discard(id_)
            await window.kept(
                window.classroom.react(window.person.ref, id_, emoji, present), "react"
            )

        return react

    async def _dismiss(self, message: ClassroomMessage) -> None:
        window = self._window
        await window.safely(window.classroom.dismiss(window.person.ref, message.id), "dismiss")

    def _begin_edit(self, message: ClassroomMessage) -> None:
        self._drafts[message.id] = message.text or ""
        self.show(self._known.get(message.id, message))

    def _draw_edit(self, message: ClassroomMessage) -> None:
        id_ = message.id

        def keep_draft(typed: str | None) -> None:
            self._drafts[id_] = inbound.to_text(typed or "")

        def leave() -> None:
            self._drafts.pop(id_, None)
            if id_ in self._known:
                self.show(self._known[id_])

        async def save() -> None:
            window = self._window
            work = window.classroom.edit(window.person.ref, id_, self._drafts.get(id_, ""))
            draft = self._drafts.pop(id_, "")
            if await window.kept(work, "edit a message") is None:
                self._drafts[id_] = draft
                if id_ in self._known:
                    self.show(self._known[id_])

        editing(id_, self._drafts[id_], keep_draft, save, leave)

    def _ask_delete(self, id_: int) -> None:
        async def delete() -> None:
            window = self._window
            await window.kept(window.classroom.delete(window.person.ref, id_), "delete a message")

        with self._list:
            ask_delete(delete)


def _emoji(emoji: str) -> None:
    if (icon := mark_of(emoji)) is not None:
        ui.icon(icon).props("aria-hidden=true")
    else:
        ui.label(emoji)


def _offer(file: File) -> None:
    button(f"Download {file.name}", "download", lambda: _download(file), icon="download")


def _download(file: File) -> None:
    ui.download(file.content, file.name, file.media_type)


def _mark(thread: int | None) -> str:
    return "channel" if thread is None else "thread"
