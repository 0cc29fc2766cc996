"""The field of a form in which a file is picked: it is taken up as soon as it has been, and stays
with the form until another is picked."""

from nicegui import events, ui

from bot.core.arguments import is_given
from bot.core.commands import Param, Upload
from bot.core.rendering import to_label
from bot.core.uploads import hint, in_words


class FileField(ui.element):
    """`value` is the file that is given, if any; `error` is what is wrong with it."""

    def __init__(self, param: Param, value: object) -> None:
        super().__init__("div")
        self.classes("cf-file")
        self.value: object = value if is_given(value) else None
        self._param = param
        with self:
            self.uploader = ui.upload(
                label=to_label(param),
                max_file_size=param.most,
                max_files=1,
                auto_upload=True,
                on_upload=self._taken,
                on_rejected=self._rejected,
            ).props("flat bordered hide-upload-btn")
            self.uploader.classes("cf-upload").mark(f"upload-{param.name}")
            self._hint = ui.label(hint(param, value)).classes("cf-small")
            self._problem = ui.label("").classes("cf-problem").props('role="alert"')
            self._problem.set_visibility(False)

    @property
    def error(self) -> str | None:
        return self._problem.text or None

    @error.setter
    def error(self, sentence: str | None) -> None:
        self._problem.text = sentence or ""
        self._problem.set_visibility(bool(sentence))

    async def _taken(self, taken: events.UploadEventArguments) -> None:
        content = await taken.file.read()

        async def fetch(most: int) -> bytes:
            return content

        media_type = taken.file.content_type or "application/octet-stream"
        self.value = Upload(taken.file.name, media_type, len(content), fetch)
        self.error = None
        self._hint.text = f"{taken.file.name} is picked ({in_words(len(content))})"
        self.uploader.reset()

    def _rejected(self) -> None:
        most = in_words(self._param.most)
        self.error = f"{self._param.name} takes one file of at most {most}."
