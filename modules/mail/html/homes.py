"""Who is at home at which hosts of the web, found by a host without looking through all of them."""

from collections.abc import Collection, Iterable


class Homes:
    """Places in a list, by the hosts at which, and below which, those who stand there are at home."""

    def __init__(self, hosts: Iterable[Collection[str]]) -> None:
        """The hosts of each, in the order of the list."""
        self._places: dict[str, list[int]] = {}
        for place, own in enumerate(hosts):
            for host in set(own):
                self._places.setdefault(host, []).append(place)

    def at(self, host: str) -> list[int]:
        """The places of those who are at home at a host, or above it, in their order."""
        found: set[int] = set()
        while host:
            if host in self._places:
                found.update(self._places[host])
            host = host.partition(".")[2]
        return sorted(found)
