"""The signature of a token, by the library; and as much work where there is no key to ask."""

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt import PyJWK, PyJWS
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from cds_service.trust.keys import KIND

_CURVES: dict[str | None, ec.EllipticCurve] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}
_LIBRARY = PyJWS(options={"enforce_minimum_key_length": True})


def is_signed_by(compact: str, key: PyJWK) -> bool:
    """Whether the key's algorithm, and no other, finds the signature right."""
    try:
        _LIBRARY.decode_complete(compact, key, algorithms=[key.algorithm_name])
    except (PyJWTError, ValueError):
        return False
    return True


def work_as_if_signed(compact: str, algorithm: str) -> None:
    """Checks the signature against a key of nobody, so that the time taken does not tell which issuers are known."""
    if algorithm in KIND:
        is_signed_by(compact, _key_of_nobody(algorithm))


@lru_cache(maxsize=len(KIND))
def _key_of_nobody(algorithm: str) -> PyJWK:
    kind, curve = KIND[algorithm]
    if kind == "RSA":
        public = rsa.RSAPublicNumbers(e=65537, n=(1 << 2047) + (1 << 1021) + 1).public_key()
        return PyJWK(RSAAlgorithm.to_jwk(public, as_dict=True), algorithm)
    return PyJWK(ECAlgorithm.to_jwk(ec.generate_private_key(_CURVES[curve]).public_key(), as_dict=True), algorithm)
