"""A client for API tests that holds every answer against the published schemas."""

from typing import Any

from conformance.wire_check import check_answer
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class CheckedClient(FlaskClient):
    """Flask's test client; an answer that is not as published fails the test, whatever it is about."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Calls, checks and returns."""
        answer = super().open(*arguments, **options)
        if answer.is_json and answer.data:
            check_answer(answer.request.path, answer.status_code, answer.content_type, answer.json)
        return answer
