-- As of when the figures of some units are, as `as_of` says it, by who recorded.
WITH mine AS MATERIALIZED (
    SELECT * FROM heard_from WHERE unit = ANY (CAST(:units AS text[]))
), tablets AS (
    SELECT source, max(latest_receipt) AS latest
    FROM mine
    WHERE source NOT LIKE '/imports/%' AND source NOT LIKE '/offices/%'
    GROUP BY 1
), claims AS MATERIALIZED (
    SELECT rejected FROM rejected_of(CAST(:units AS text[]))
)
SELECT coalesce(sum(m.events), 0)::bigint AS events, moment(max(m.latest_event)) AS latest_event,
       moment(max(m.latest_receipt)) AS latest_receipt, (SELECT count(*) FROM tablets) AS tablets,
       (SELECT count(*) FROM tablets WHERE day_of(latest) > CAST(:day AS date) - :days) AS tablets_heard,
       coalesce(sum(m.numbers - m.events), 0)::bigint - (SELECT c.rejected FROM claims c) AS missing,
       (SELECT c.rejected FROM claims c) AS rejected
FROM mine m
