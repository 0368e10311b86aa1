"""What people have settled about addresses, and which stand in a directory: known to exist, without any mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

from straymail.correspondence.history import UNSETTLED, Standing

Pair = tuple[str, str]  # sender, or "" for everyone, and recipient


class Settled:
    """Standings by sender and recipient, and the directory."""

    def __init__(self) -> None:
        self._standing: dict[Pair, Standing] = {}
        self._directory: set[str] = set()
        self._domains: dict[str, int] = defaultdict(int)

    def __getitem__(self, pair: Pair) -> Standing:
        return self._standing[pair]

    def __setitem__(self, pair: Pair, standing: Standing) -> None:
        self._standing[pair] = standing

    def standing(self, senders: Callable[[], Iterable[str]], recipient: str) -> Standing:
        """What one of these addresses settled about the recipient, or else anybody."""
        if not self._standing and recipient not in self._directory:
            return UNSETTLED
        found = next(filter(None, (self._standing.get((each, recipient)) for each in senders())), None)
        if found is None:
            found = self._standing.get(("", recipient)) or UNSETTLED
            found = Standing(found.confirmed, found.corrected_to, elsewhere=True)
        if recipient in self._directory:
            return Standing(found.confirmed, found.corrected_to, directory=True, elsewhere=found.elsewhere)
        return found

    def enter(self, key: str) -> None:
        """Add an address to the directory."""
        if key not in self._directory:
            self._directory.add(key)
            self._domains[key.rpartition("@")[2]] += 1

    def lists(self, key: str) -> bool:
        """Whether the address stands in the directory."""
        return key in self._directory

    def lists_domain(self, name: str) -> bool:
        """Whether some address of the domain does."""
        return self._domains.get(name, 0) > 0

    def forget(self, address: str) -> list[Pair]:
        """Forget an address; the pairs for which another had been corrected to it."""
        if address in self._directory:
            self._directory.remove(address)
            self._domains[address.rpartition("@")[2]] -= 1
        for pair in [pair for pair in self._standing if address in pair]:
            del self._standing[pair]
        changed = [pair for pair, found in self._standing.items() if found.corrected_to == address]
        for pair in changed:
            self._standing[pair] = Standing(corrected_to="", confirmed=self._standing[pair].confirmed)
        return changed
