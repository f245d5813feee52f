"""Why a token is refused: for the log only, a caller never learns it."""

from enum import StrEnum


class Refusal(StrEnum):
    """The reasons, a closed list."""

    ABSENT = "no-token"
    MALFORMED = "malformed"
    HEADER = "header"
    ISSUER = "unknown-issuer"
    KEY_ADDRESS = "key-address"
    ALGORITHM = "algorithm"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    TIMES = "times"
    ID = "token-id"
    TENANT = "tenant"
    NO_KEYS = "no-keys"
    UNKNOWN_KEY = "unknown-key"
    UNFIT_KEY = "unfit-key"
    DENIED_KEY = "denied-key"
    SIGNATURE = "signature"
    REPLAYED = "replayed"
