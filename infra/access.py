"""Who of others may do what on the broker: users with SCRAM passwords, their ACLs and quotas. Nobody else may anything.

A subscriber reads its topics and uses consumer groups that begin with its name; a producer writes events and reads
nothing. Needs a broker of the production profile (infra/production).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialDeletion,
    UserScramCredentialUpsertion,
)
from kafka.errors import KafkaError, NoError
from kafka.protocol.admin import AlterClientQuotasRequest

from infra.errors import InfraError
from schemas.settings import Settings
from schemas.topics import CONTACTS, ENROLMENTS, FIELD_TOPICS, IMPORTS, REJECTED, STATE, TOPICS

MECHANISM = "SCRAM-SHA-512"
ITERATIONS = 8192
_OWN = {STATE, ENROLMENTS, CONTACTS, IMPORTS, REJECTED}
READABLE = tuple(topic.name for topic in TOPICS if topic.name not in _OWN)
"""What a subscriber may be given. The others are the services' own; rejected bytes can hold what no contract allows."""
_NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")


class Grant(NamedTuple):
    """A user and what it may do: topics (names without prefix) that it reads, or writes, at so many bytes a second."""

    user: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    bytes_per_second: int = 1024 * 1024


def subscriber(user: str, topics: Iterable[str], bytes_per_second: int) -> Grant:
    """A subscriber to some topics.

    Raises:
        InfraError: a topic is none that others may read, or the name is none.
    """
    wanted = tuple(dict.fromkeys(topics))
    if strange := [topic for topic in wanted if topic not in READABLE]:
        raise InfraError(f"{strange[0]} is no topic for subscribers: take of {', '.join(READABLE)}.")
    return Grant(_named(user), reads=wanted, bytes_per_second=bytes_per_second)


def producer(user: str, bytes_per_second: int) -> Grant:
    """A producer of events.

    Raises:
        InfraError: the name is none.
    """
    return Grant(_named(user), writes=FIELD_TOPICS, bytes_per_second=bytes_per_second)


def _named(user: str) -> str:
    if _NAME.fullmatch(user) is None:
        raise InfraError(f"{user!r} is no name of a user: 2 to 40 of a-z, 0-9 and -, beginning with a letter.")
    return user


def acls(grant: Grant, settings: Settings) -> list[ACL]:
    """The rules of a grant; what no rule allows is denied. Reading and writing a topic include describing it."""
    allowed = [(ResourceType.TOPIC, settings.topic(name), ACLResourcePatternType.LITERAL, operation)
               for names, operation in ((grant.reads, ACLOperation.READ), (grant.writes, ACLOperation.WRITE))
               for name in names]  # fmt: skip
    if grant.reads:
        allowed.append((ResourceType.GROUP, f"{grant.user}-", ACLResourcePatternType.PREFIXED, ACLOperation.READ))
    return [ACL(f"User:{grant.user}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name, pattern))
            for kind, name, pattern, operation in allowed]  # fmt: skip


def admit(settings: Settings, grant: Grant, password: str) -> None:
    """Makes the user, or gives it a new password, and exactly these rights and this quota.

    Raises:
        InfraError: the broker has no authorizer, or refuses.
    """
    with _admin(settings) as admin:
        _drop_rules(admin, grant.user)
        made = admin.create_acls(acls(grant, settings))
        if made["failed"]:
            raise InfraError(f"Kafka does not take rules for {grant.user}: {made['failed'][0].description}")
        _quota(admin, grant.user, grant.bytes_per_second)
        # The password last: a user that can come in has its quota and rights already.
        credential = UserScramCredentialUpsertion(grant.user, MECHANISM, password, iterations=ITERATIONS)
        _done(admin.alter_user_scram_credentials([credential]))


def dismiss(settings: Settings, user: str) -> None:
    """Takes away the password first, then the rights and the quota. Connections that are open end with their rights.

    Raises:
        InfraError: there is no such user.
    """
    with _admin(settings) as admin:
        _done(admin.alter_user_scram_credentials([UserScramCredentialDeletion(user, MECHANISM)]))
        _drop_rules(admin, user)
        _quota(admin, user, None)


def admitted(settings: Settings) -> dict[str, list[tuple[str, str]]]:
    """Every user that has a password, with what it may do: operation and name."""
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    with _admin(settings) as admin:
        users = admin.describe_user_scram_credentials()
        found, error = admin.describe_acls(ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, anything))
    if error is not NoError:
        raise InfraError(_unprotected(error))
    rules: dict[str, list[tuple[str, str]]] = {user: [] for user in sorted(users)}
    for rule in found:
        user = rule.principal.removeprefix("User:")
        if user in rules:
            rules[user].append((rule.operation.name.lower(), rule.resource_pattern.resource_name))
    return {user: sorted(found) for user, found in rules.items()}


def _drop_rules(admin: KafkaAdminClient, user: str) -> None:
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    mine = ACLFilter(f"User:{user}", None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
    [(_, _, error)] = admin.delete_acls([mine])
    if error is not NoError:
        raise InfraError(_unprotected(error))


def _unprotected(error: type[KafkaError]) -> str:
    return (f"This broker keeps no rules ({error.__name__}): it is not of the production profile, see "
            "infra/production/README.md.")  # fmt: skip


def _quota(admin: KafkaAdminClient, user: str, rate: int | None) -> None:
    """Bytes a second, each way; None takes the quota away."""
    entry = AlterClientQuotasRequest.EntryData
    ops = [entry.OpData(key=key, value=float(rate or 0), remove=rate is None)
           for key in ("consumer_byte_rate", "producer_byte_rate")]  # fmt: skip
    of = entry(entity=[entry.EntityData(entity_type="user", entity_name=user)], ops=ops)
    request = AlterClientQuotasRequest(entries=[of], validate_only=False)
    answer = admin._manager.run(admin._manager.send, request)  # the client has the request, and no method for it
    if failed := [each.error_message for each in answer.entries if each.error_code]:
        raise InfraError(f"Kafka does not take a quota for {user}: {failed[0]}")


def _done(answers: dict[str, str | None]) -> None:
    for user, error in answers.items():
        if error:
            raise InfraError(f"Kafka did not change the user {user}: {error}")


def _admin(settings: Settings) -> KafkaAdminClient:
    return KafkaAdminClient(bootstrap_servers=settings.bootstrap.split(","), bootstrap_timeout_ms=5_000)
