"""Reading what a network answered, and believing only what its API promises."""

from typing import Any

import orjson
from requests import Response

from crisisdesk.model.errors import NetworkError


class BadAnswer(NetworkError):
    """A success status whose content is not what the network's API promises."""


def answer_object(response: Response, *needed: str) -> dict[str, Any]:
    """The JSON object of a success answer. Raises BadAnswer unless it has the `needed` texts.

    A captive portal answers 200 with a web page, so a status alone proves nothing.
    """
    kind = response.headers.get("Content-Type", "").split(";")[0].strip()
    if "json" not in kind:
        raise BadAnswer(
            f"The answer was {kind or 'without a type'}, not JSON.",
            "Look at the account yourself; a sign-in page of the network here may be in the way.",
        )
    try:
        value = orjson.loads(response.content)
    except orjson.JSONDecodeError as error:
        raise BadAnswer(
            "The answer was cut off or damaged.", "Look at the account yourself."
        ) from error
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in needed):
        raise BadAnswer(
            f"The answer lacks {' and '.join(needed)}.", "Look at the account yourself."
        )
    return value


def answer_list(response: Response) -> list[dict[str, Any]]:
    """The JSON list of objects of a success answer. Raises BadAnswer for anything else."""
    try:
        value = orjson.loads(response.content)
    except orjson.JSONDecodeError as error:
        raise BadAnswer(
            "The answer was no JSON.",
            "Try again in a minute; if it stays so, tell whoever runs the server.",
        ) from error
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise BadAnswer(
            "The answer was no list.",
            "Try again in a minute; if it stays so, tell whoever runs the server.",
        )
    return value


def error_words(response: Response, *keys: str) -> str:
    """The network's own words for an error, cut to one line."""
    try:
        value = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return ""
    if not isinstance(value, dict):
        return ""
    return ": ".join(str(value[key]) for key in keys if value.get(key))[:300].replace("\n", " ")


def need_success(response: Response) -> Response:
    """The response itself when its status is 200. Raises NetworkError with the network's words."""
    if response.status_code != 200:
        words = error_words(response, "error", "message")
        said = f"{response.status_code} {words}".strip()
        raise NetworkError(
            f"The server answered {said}.", "Check the account under Channels and sources."
        )
    return response
