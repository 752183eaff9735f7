"""Every setting of every service, with its environment variable, unit and default. The README's table is this list."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(gt=0)]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings as read from `FIELDTALLY_<FIELD>`; all have a default that fits the embedded stack."""

    bootstrap: str = "127.0.0.1:9092"
    """Kafka's bootstrap servers, host:port, comma-separated."""
    database_url: str = "postgresql+psycopg2://fieldtally@127.0.0.1:5432/fieldtally"
    """SQLAlchemy URL of Postgres."""
    partitions: Annotated[int, Meta(ge=1)] = 12
    """Partitions of every topic; fixed for an installation's life."""
    topic_prefix: str = ""
    """Put before every topic and group name, so that several installations can share a broker."""
    worker: str = "counter-1"
    """Name of a counter process, stable over restarts (static group membership)."""
    checkpoint_s: Seconds = 5.0
    """Seconds between two checkpoints of the counter."""
    publish_ms: Annotated[int, Meta(ge=1)] = 50
    """Milliseconds between two publications of live totals."""
    session_timeout_s: Seconds = 6.0
    """Seconds after which Kafka gives a silent counter's partitions away."""
    counter_port: Port = 9101
    """Port of the counter's own /metrics page; 0 switches it off."""
    ledger_port: Port = 9102
    """Port of the ledger's own /metrics page; 0 switches it off."""
    metrics_host: str = "127.0.0.1"
    """Address on which all /metrics pages listen; 0.0.0.0 in a container."""
    gauges_port: Port = 9100
    """Port of the gauges' /metrics page."""
    reconcile_port: Port = 0
    """Port of the /metrics page of `reconcile --watch`; 0 switches it off."""
    board_port: Port = 8088
    """Port of the live board."""
    board_names: str = ""
    """Names by which browsers reach the board, comma-separated, besides localhost and plain addresses."""
    operator_token_file: str = ""
    """File with the token, 32 characters or more, for mending rejected events on the board; empty switches that off."""
    prometheus_url: str = "http://127.0.0.1:9090"
    """Where Prometheus answers; the board asks it for the pipeline's health."""
    data_dir: str = ".fieldtally"
    """Folder for what a process keeps on disk; nothing in it is needed after a loss."""

    pseudonym_key_file: str = ""
    """File with the secret of 32 characters or more that makes pseudonyms; the same for an installation's life."""

    gateway_host: str = "127.0.0.1"
    """Address on which the gateway listens; 0.0.0.0 in a container or for tablets in the network."""
    gateway_port: Port = 8080
    """Port of the gateway: the tablets' HTTP API, the tablet app, its /metrics page."""
    tls_cert: str = ""
    """File with the gateway's TLS certificate chain; empty behind a proxy that does TLS."""
    tls_key: str = ""
    """File with the private key of that certificate."""
    tablet_dir: str = ""
    """Folder of the built tablet app; empty for producers/tablet/dist of this checkout."""

    def topic(self, name: str) -> str:
        """The name on the broker of a topic of `schemas.topics`."""
        return self.topic_prefix + name


PREFIX = "FIELDTALLY_"


class SettingsError(ValueError):
    """A setting cannot be read; the text names the variable and what is wrong."""


def from_env(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Raises:
        SettingsError: a value has the wrong form or is outside its limits.
    """
    given = os.environ if environ is None else environ
    found = {f: given[PREFIX + f.upper()] for f in Settings.__struct_fields__ if PREFIX + f.upper() in given}
    for name, value in found.items():
        try:
            msgspec.convert({name: value}, Settings, strict=False)
        except msgspec.ValidationError as error:
            what = str(error).partition(" - at ")[0]
            raise SettingsError(f"The environment's {PREFIX}{name.upper()} is wrong: {what}") from error
    return msgspec.convert(found, Settings, strict=False)
