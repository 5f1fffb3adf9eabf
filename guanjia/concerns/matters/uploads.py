"""Files that come with a form of residents or desks: what is too large or too many is dropped on the way.

A request that is far too large is broken off; one that is somewhat too large is read to its end and
not kept, so that its form can say why.
"""

from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext as _

from guanjia.cases import attaching, judging
from guanjia.cases.judging import BadFile
from guanjia.cases.storing import Stored

OURS = ("/ask/", "/case/", "/mine/", "/inbox/")
FIELD = "files"
MOST_OF_A_FORM = attaching.MOST_AT_ONCE * judging.MOST_BYTES + judging.MEGABYTE
MOST_READ = 10 * MOST_OF_A_FORM
REFUSED = "files_refused"


class Bounded(FileUploadHandler):
    """Stands before the one that writes to disk: nothing of a file that is refused gets there."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],  # noqa: ARG002
        META: dict[str, str],  # noqa: ARG002, N803 - Django names it
        content_length: int,
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,  # noqa: ARG002
    ) -> None:
        """Look at how much is announced."""
        request: HttpRequest = self.request  # type: ignore[assignment]
        self.ours = request.path_info.startswith(OURS)
        self.announced, self.count = content_length, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Let a file in, unless the form is too large or has too many."""
        super().new_file(*args, **kwargs)
        if self.ours and self.announced > MOST_READ:
            raise StopUpload(connection_reset=True)
        self.seen = 0
        self.count += 1
        if self.ours and self.announced > MOST_OF_A_FORM:
            self._refuse(judging.too_large(str(self.file_name)))
        if self.ours and self.count > attaching.MOST_AT_ONCE:
            self._refuse(
                BadFile(_("一次最多 %(most)d 个文件。") % {"most": attaching.MOST_AT_ONCE})
            )

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        """Hand a piece on, up to the most."""
        self.seen += len(raw_data)
        if self.ours and self.seen > judging.MOST_BYTES:
            self._refuse(judging.too_large(str(self.file_name)))
        return raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":  # noqa: ARG002
        """The next handler has it."""
        return None

    def _refuse(self, why: BadFile) -> None:
        setattr(self.request, REFUSED, why)
        raise SkipFile


def taken(request: HttpRequest) -> list[Stored]:
    """The files of a form, judged and stored. Raises BadFile."""
    files = request.FILES.getlist(FIELD)  # what was refused on the way is known once they are read
    refused: BadFile | None = getattr(request, REFUSED, None)
    if refused is not None:
        raise refused
    return attaching.take(files)
