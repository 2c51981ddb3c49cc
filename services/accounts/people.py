"""Who is asking: people sign in, are known again by their sign-in, and sign out.

All of it is in the database, so that any worker knows them, and a sign-out holds everywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from services.accounts.identity import Identity, Person, is_among
from services.errors import StorageUnavailable
from services.storage.database import Database
from services.storage.models import SignIn, User
from services.storage.sign_ins import (
    begin_sign_in,
    continue_sign_in,
    end_sign_in,
    end_sign_ins,
    find_sign_in,
    renew_sign_in,
)
from services.storage.users import create_user, enter_user

VOUCHED_FOR = timedelta(days=30)
"""So long an issuer's word counts; then it is asked again whether it still knows the person.
Somebody who came in by a code stays: signing in again would make them somebody else."""

RENEWED_AFTER = timedelta(days=1)
"""A sign-in by a code is noted to be in use when it was not for so long."""

log = logging.getLogger(__name__)


class People:
    """Use of the database; one for the process."""

    def __init__(
        self,
        database: Database,
        issuer: str | None,
        owners: tuple[str, ...],
        clock: Callable[[], datetime],
    ) -> None:
        """Know people.

        Args:
            database: where they are.
            issuer: who vouches for them; None: nobody does. Others' sign-ins are void.
            owners: subjects and addresses of those who may see what concerns everybody.
            clock: gives the time in UTC.
        """
        self._database = database
        self._issuer = issuer
        self._owners = owners
        self._clock = clock

    def sign_in(self, identity: Identity, shown: str | None = None) -> Person:
        """Let somebody in.

        Args:
            identity: what they have proved.
            shown: the sign-in that their browser still holds. With a code, the same browser and
                the same address are the same person again, so that a new code parts nobody from
                what they said.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        now = self._clock()
        with self._database.write() as session:
            if identity.issuer and identity.subject:
                user_id = enter_user(
                    session, identity.issuer, identity.subject, identity.label, now
                )
                end_sign_ins(session, user_id, before=now - VOUCHED_FOR)
            else:
                before = continue_sign_in(session, shown, identity.label) if shown else None
                user_id = before or create_user(session, identity.label, now)
            sign_in_id = begin_sign_in(session, user_id, now)
        log.info("somebody signed in", extra={"user": user_id})
        return self._person(user_id, identity.label, identity.subject, sign_in_id)

    def find(self, sign_in_id: str) -> Person | None:
        """Give whoever shows this sign-in; None if it has ended.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        with self._database.read() as session:
            found = find_sign_in(session, sign_in_id)
        if found is None or not self._counts(*found):
            return None
        sign_in, user = found
        if user.issuer is None and self._clock() - sign_in.created_at > RENEWED_AFTER:
            with suppress(StorageUnavailable), self._database.write() as session:
                renew_sign_in(session, sign_in_id, self._clock())
        return self._person(user.id, user.label, user.subject, sign_in_id)

    def sign_out(self, person: Person, *, everywhere: bool = False) -> None:
        """End this sign-in, or all of the same person.

        Raises:
            StorageUnavailable: the database did not answer.
        """
        with self._database.write() as session:
            if everywhere:
                end_sign_ins(session, person.user_id)
            elif person.sign_in_id is not None:
                end_sign_in(session, person.sign_in_id)

    def _person(
        self, user_id: str, label: str | None, subject: str | None, sign_in_id: str
    ) -> Person:
        is_owner = is_among(self._owners, subject, label)
        return Person(user_id, label, sign_in_id, is_owner, subject is not None)

    def _counts(self, sign_in: SignIn, user: User) -> bool:
        if user.issuer != self._issuer:
            return False
        return user.issuer is None or self._clock() - sign_in.created_at < VOUCHED_FOR
