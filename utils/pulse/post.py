"""Sends one request to a room's server and reads its answer."""

import ipaddress
import json
from urllib.parse import urlsplit

_SECONDS = 5.0
_LONGEST_ANSWER = 65_536


class NoAnswer(Exception):
    """No room's server has answered; the text says what happened, as a clause."""


def address(typed: str) -> str:
    """What somebody typed, with http:// in front and no slash at the end. ValueError: it is no address."""
    text = typed.strip()
    text = text if "://" in text else f"http://{text}"
    wrong = ValueError("Write the address as the leader shows it, like http://192.168.0.7:8642.")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - it raises ValueError where it is no number
    except ValueError:
        raise wrong from None
    clean = text.isascii() and text.isprintable() and not set(text) & set(" \\@?#")
    if parts.scheme not in ("http", "https") or not parts.hostname or not clean:
        raise wrong
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def post(room: str, route: str, secret: str, body: bytes) -> tuple[int, dict]:
    """The status and the fields of the answer of the room at this address.

    NoAnswer when there is none, or when what answers is no room: then nothing may be thrown away.
    """
    # 40 ms that only who is in a room must wait for
    import http.client
    import urllib.request

    class NoRedirect(urllib.request.HTTPRedirectHandler):
        """The secret goes to this address alone."""

        def redirect_request(self, *_details):
            return None

    handlers = [NoRedirect()]
    if _near(urlsplit(room).hostname):
        handlers.append(urllib.request.ProxyHandler({}))
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{room}/{route}", data=body, headers=headers, method="POST")
    try:
        try:
            answer = urllib.request.build_opener(*handlers).open(request, timeout=_SECONDS)
        except urllib.request.HTTPError as error:
            answer = error
        with answer:
            status, content = answer.status, _fields(answer.read(_LONGEST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NoAnswer(f"nothing answers there ({getattr(error, 'reason', None) or error})") from None
    if not content.keys() & {"kept", "error"}:
        raise NoAnswer("something answers there that is no room")
    return status, content


def _fields(content: bytes) -> dict:
    try:
        found = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _near(host: str) -> bool:
    """Whether it is this machine or one of the same network, which no proxy leads to."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"
