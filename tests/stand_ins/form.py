"""Reads multipart forms to the letter."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP

from tests.stand_ins.typed import Refused


@dataclass(frozen=True)
class Part:
    """One field."""

    name: str
    content: bytes
    content_type: str
    """"" where none is said."""
    filename: str


def read_form(content_type: str, body: bytes) -> list[Part]:
    """Read all parts, in order.

    Raises:
        Refused: this is no form.
    """
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart() or message.defects:
        raise Refused("This is no multipart form.", "invalid_form")
    return [_part(part) for part in message.iter_parts() if isinstance(part, EmailMessage)]


def _part(part: EmailMessage) -> Part:
    name = part.get_param("name", header="content-disposition")
    content = part.get_payload(decode=True)
    if part.get_content_disposition() != "form-data" or not isinstance(content, bytes):
        raise Refused("A part is no field.", "invalid_form")
    kind = part.get_content_type() if "content-type" in part else ""
    return Part(str(name), content, kind, part.get_filename() or "")
