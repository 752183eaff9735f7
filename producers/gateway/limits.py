"""The gateway's limits, each with its unit in its name."""

from __future__ import annotations

BODY_BYTES_MAX = 512 * 1024  # as sent
UNPACKED_BYTES_MAX = 4 * 1024 * 1024
FLOOD_BYTES_MAX = 2 * 1024 * 1024  # of one request; beyond it the connection is not read any more
EVENTS_MAX = 500  # in one batch
ENROLMENT_BYTES_MAX = 4 * 1024

CONNECTIONS_MAX = 4_000  # open at once; a further one is closed
FILES_MAX = CONNECTIONS_MAX + 250  # of the process: connections, Kafka's own, pages that are being read
CONNECTIONS_WAITING_MAX = 4_096  # of a crowd that comes at once, kept by the kernel until they are taken up
CONNECTIONS_PER_TURN = 64  # taken up in one turn of the event loop, for each step of the others' work waits for a turn
ADMITTED_MAX = 16  # requests with a body under way at once: enough to be busy while Kafka answers; more would only wait
LINE_PER_S, LINE_MAX_S = 200, 60  # those who got 429: so many a second are to come back, within so many seconds
SLOW_MAX = 192  # beside them: those whose body comes slowly, over a weak line, so that they keep nobody out
PER_TABLET_MAX = 2  # of all these by one key
KAFKA_BYTES_MAX = 64 * 1024 * 1024  # handed to Kafka and not confirmed
GUESSES_PER_S, GUESSES_MAX = 5.0, 50.0  # wrong codes of invitations, of all together
RUBBISH_PER_S, RUBBISH_MAX = 5.0, 1_000.0  # events of one tablet that are none; beyond them it gets 429

HEAD_S = 10.0  # from a connection to its request's last header
BODY_S = 60.0  # from the headers to the end of the body
SLOW_S = 0.5  # after which a body comes slowly
CHUNK_S = 15.0  # without a byte of the body
REQUEST_S = 120.0  # from the headers to the last byte of the answer
IDLE_S = 75.0  # between two requests of a connection
LINGER_S = 2.0  # what still comes of a refused body is read for so long, so that the client reads the answer
KAFKA_S = 10.0  # for Kafka to confirm; after that the tablet is told to send again
DELIVERY_S = 60.0  # for what was handed over and is still under way; after that the producer has failed for good
STALL_S = 5.0  # once Kafka has left something unconfirmed for so long, nothing more is taken
DRAIN_S = 8.0  # for requests under way when the gateway is told to stop
FLUSH_S = 4.0  # after that, for Kafka to confirm the rest

RETRY_AFTER_S = (1, 8)  # of 429 to one who asks too much: at random between these
RETRY_AFTER_AWAY_S = (5, 15)  # of 503
