"""Where a server's redirects lead: each address checked like the first, and which of them hold for ever."""

from urllib.parse import urljoin

from yarl import URL

from pipeline.fetching.answers import FetchError
from pipeline.fetching.guard import checked_url

MAX_REDIRECTS = 5


class LostError(FetchError):
    """Redirects that lead nowhere."""


class Trail:
    """The addresses asked so far, from the first on. Raises FetchError where it would lead too far."""

    def __init__(self, url: str, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._asked = [checked_url(url, allow_private=allow_private)]
        self._is_permanent = True
        self.moved_to = ""

    @property
    def end(self) -> URL:
        """The address to ask now."""
        return self._asked[-1]

    def follow(self, location: str, *, is_permanent: bool) -> None:
        """Go on to where the last address points.

        `moved_to` follows as long as every redirect is permanent; one from https to http is not believed to be.
        """
        try:
            whole = urljoin(str(self.end), location)
        except ValueError as error:
            raise FetchError("it redirects to what is no web address") from error
        target = checked_url(whole, allow_private=self._allow_private)
        if target in self._asked:
            raise LostError("its redirects lead in a circle")
        if len(self._asked) > MAX_REDIRECTS:
            raise LostError(f"more than {MAX_REDIRECTS} redirects")
        is_weaker = self.end.scheme == "https" and target.scheme == "http"
        self._is_permanent = self._is_permanent and is_permanent and not is_weaker
        self._asked.append(target)
        if self._is_permanent:
            self.moved_to = str(target)
