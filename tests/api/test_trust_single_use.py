"""A token gets in once, and the store of tokens keeps nothing of it."""

from pathlib import Path
from typing import Any

import pytest
from client_tokens import ec_key, token
from trusted_calls import ask, bearer


@pytest.mark.conforms("J158", "M183")
def test_a_token_is_good_for_one_call_even_if_the_call_fails(trusting: Any) -> None:
    sent = token()
    assert ask(trusting, sent, sent=b"{}") == 400
    assert ask(trusting, sent) == 401
    assert trusting.log[-1]["reason"] == "replayed"


def test_a_forged_token_does_not_use_up_the_genuine_one(trusting: Any) -> None:
    assert ask(trusting, token(ec_key(number=9), jti="victim")) == 401
    assert ask(trusting, token(jti="victim")) == 200


def test_the_store_of_tokens_holds_nothing_of_them(trusting: Any, tmp_path: Path) -> None:
    sent = token(jti="canary-id", sub="canary-sub", tenant="canary-tenant")
    assert ask(trusting, sent) == 200
    kept = (tmp_path / "store-tokens.sqlite3").read_bytes()
    assert len(kept) > 4096
    assert not any(piece in kept for piece in (b"canary", b"ehr.example", *sent.encode().split(b".")))


def test_two_applications_on_one_store_accept_a_token_once(start: Any, settings: dict[str, str]) -> None:
    first, second = start(**settings), start(**settings)
    sent = token()
    assert [ask(first, sent), ask(second, sent), ask(first, sent)] == [200, 401, 401]


def test_while_the_store_of_tokens_is_down_calls_are_503_or_as_the_operator_chose(
    start: Any, settings: dict[str, str], tmp_path: Path
) -> None:
    settings["DATABASE_URL"] = f"sqlite:///{tmp_path / 'missing' / 'store.sqlite3'}"
    closed = start(**settings)
    answer = closed.post(headers=bearer(token()))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["issue"][0]["code"] == "transient"
    assert closed.client.get("/health/ready").status_code == 503
    assert closed.client.get("/health/live").status_code == 200
    assert ask(closed, token(ec_key(number=9))) == 401
    memory = start(**settings, REPLAY_STORE_DOWN="memory")
    sent = token()
    assert [ask(memory, sent), ask(memory, sent)] == [200, 401]
