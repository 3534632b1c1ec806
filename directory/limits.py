"""How often one visitor may ask for suggestions, so that no script keeps the site busy.

Counted for a minute in the memory of each process. The cache that processes share may be the database, where counting
would be a write for every few letters typed: worse than the query it protects. So the limit is one for each process.
"""

import hashlib
import ipaddress
import secrets
import threading
import time
from collections import Counter

from django.conf import settings
from django.http import HttpRequest

MOST_A_MINUTE = 300
"""Somebody who types for a minute on end asks some 60 times; a hub or a library may have one address for all."""
MOST_VISITORS = 10_000
"""Counted at one time. More would let a flood of addresses fill the memory."""


class PerMinute:
    """Counts visitors by a hash of their address, under a key that is forgotten with the counts."""

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        self.most = most
        self._lock = threading.Lock()
        self._begin(minute=-1)

    def _begin(self, minute: int) -> None:
        self._minute, self._counts, self._key = minute, Counter[bytes](), secrets.token_bytes(32)

    def is_over(self, visitor: str) -> bool:
        """Count one more request and say whether it is one too many. "" stands for nobody in particular."""
        if not visitor:
            return False
        minute = int(time.monotonic() // 60)
        with self._lock:
            if minute != self._minute:
                self._begin(minute)
            who = hashlib.blake2b(visitor.encode(), key=self._key, digest_size=16).digest()
            if who in self._counts or len(self._counts) < MOST_VISITORS:
                self._counts[who] += 1
            return self._counts[who] > self.most


suggestions = PerMinute()


def visitor_of(request: HttpRequest) -> str:
    """Return the address somebody comes from, of IPv6 the half that one household has; "" when a proxy hides it."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        # The last one is what our own proxy saw. Visitors may send any they like before it.
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((int(ip), 64), strict=False))
