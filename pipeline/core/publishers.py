"""Who publishes an article, where it comes with no more than a name or an address."""

from pipeline.core.profile import Profile
from pipeline.core.records import Source
from pipeline.core.urls import host, publisher


class Publishers:
    """The publishers that a profile knows: those of its feeds and those of publishers.toml, by name and by host."""

    def __init__(self, profile: Profile) -> None:
        self._by_name: dict[str, Source] = {}
        self._by_host: dict[str, Source] = {}
        for feed in profile.feeds:
            source = Source(
                id=feed.id, name=feed.name, family=feed.family, kind=feed.kind, country=feed.country
            )
            self._add(source, [feed.name], [host(feed.url)])
        for entry in profile.publishers:
            entity = profile.by_id[entry.entity]
            source = Source(
                id=entity.id, name=entity.name, family=entry.family, kind=entry.kind, country=entity.country
            )
            forms = (entity.aliases, entity.exact)
            names = [name for form in forms for listed in form.values() for name in listed]
            self._add(source, [entity.name, *names], entry.hosts)

    def described(self, source: Source, url: str | None) -> Source:
        """Return the source as the profile knows it: by its name, else by its host, else by the article's.

        A source that says itself what kind it is stands as it is.
        """
        if source.kind != "other":
            return source
        named = self._by_name.get(source.name.casefold()) or self._at(source.name)
        return named or (self._at(host(url)) if url else None) or source

    def _add(self, source: Source, names: list[str], hosts: "list[str] | tuple[str, ...]") -> None:
        self._by_name.update((name.casefold(), source) for name in names)
        self._by_host.update((address, source) for address in hosts)

    def _at(self, address: str) -> Source | None:
        """Return whose the host is: the longest part of it that is known."""
        while "." in address:
            known = self._by_host.get(address)
            if known is not None:
                return known
            if address == publisher(address):
                return None
            address = address.partition(".")[2]
        return None
