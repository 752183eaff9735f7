"""The embedded stack: real Kafka, Postgres and Prometheus on loopback, for development, tests and the demo."""

from infra.stack.stack import Addresses, Stack

__all__ = ["Addresses", "Stack"]
