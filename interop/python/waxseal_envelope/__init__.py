"""A second implementation of the Waxseal envelope, version 1, written from its specification alone.

What each module is for:

- `errors`: the six codes (envelope.md §8)
- `text`: UTF-8, and the rules of key IDs (§3.2, §3.3)
- `wire`, `payload`: the message `Payload` of Temporal's API (§2.2)
- `outer`: what is an envelope and what is a redacted failure (§2, §2.1)
- `cursor`, `envelope`, `context`: the header (§3)
- `suite`: the keys of a payload and its cipher (§4, §5, §6)
- `binding`: the comparison with what a reader knows (§7)
- `reader`, `writer`: decoder and encoder (§6)
- `local_key`, `key_ring`: the local key (local-key.md)
- `vector_form`: the JSON of the vectors
"""

from .binding import Binding
from .context import facts
from .errors import EncodeError, EnvelopeError
from .key_ring import KeyRing, load_key_ring, parse_key_ring
from .local_key import LocalKey
from .payload import Payload
from .reader import Reader
from .writer import encode, seal

__all__ = [
    "Binding",
    "EncodeError",
    "EnvelopeError",
    "KeyRing",
    "LocalKey",
    "Payload",
    "Reader",
    "encode",
    "facts",
    "load_key_ring",
    "parse_key_ring",
    "seal",
]
