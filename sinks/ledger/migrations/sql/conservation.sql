-- Where every record went, recounted; the figures have the names of schemas.totals.Conservation and Holes.

CREATE FUNCTION ledger_conservation_at(units text[], positions bigint[][]) RETURNS TABLE (
    unit text, events bigint, originals bigint, standing bigint, corrected bigint, voided bigint,
    revisions bigint, winning bigint, outranked bigint, waiting bigint, orphaned bigint, withdrawn bigint,
    duplicates bigint, conflicts bigint, missing bigint, rejected bigint,
    latest_event bigint, latest_receipt bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
SET jit = off
BEGIN ATOMIC
    WITH seen AS MATERIALIZED (
        SELECT * FROM events_at(units, positions)
    ), winners AS (
        SELECT DISTINCT ON (root_stream, root_seq) unit, part, root_stream, root_seq
        FROM seen
        WHERE root_seq IS NOT NULL
        ORDER BY root_stream, root_seq, revision DESC, instant DESC, source COLLATE "C" DESC, seq DESC
    ), registers AS (
        SELECT w.unit, count(*) AS winning,
               count(*) FILTER (WHERE root.part = 'original' AND w.part = 'corrected') AS corrected,
               count(*) FILTER (WHERE root.part = 'original' AND w.part = 'voided') AS voided,
               count(*) FILTER (WHERE root.part IS NULL) AS waiting,
               count(*) FILTER (WHERE root.part <> 'original') AS orphaned
        FROM winners w LEFT JOIN seen root ON root.stream = w.root_stream AND root.seq = w.root_seq
        GROUP BY 1
    ), parts AS (
        SELECT unit, count(*) AS events,
               count(*) FILTER (WHERE part = 'original') AS originals,
               count(*) FILTER (WHERE part IN ('corrected', 'voided')) AS revisions,
               count(*) FILTER (WHERE part = 'withdrawn') AS withdrawn,
               max(instant) AS latest_event, max(received) AS latest_receipt
        FROM seen
        GROUP BY 1
    ), others AS (
        SELECT u.unit, u.topic, u.source, u.seq, u.reason
        FROM uncounted u
        WHERE u.unit IS NOT NULL AND (units IS NULL OR u.unit = ANY (units))
          AND (positions IS NULL OR u.log_offset < positions[array_position(units, u.unit)][topic_number(u.topic)])
    ), repeats AS (
        SELECT unit, count(*) FILTER (WHERE reason = 'duplicate') AS duplicates,
               count(*) FILTER (WHERE reason = 'conflict') AS conflicts
        FROM others
        GROUP BY 1
    ), numbers AS (
        SELECT unit, topic, source, max(seq) AS highest, max(seq) - count(*) AS absent FROM seen GROUP BY 1, 2, 3
    ), claims AS (
        SELECT o.unit, count(DISTINCT (o.topic, o.source, o.seq)) AS rejected
        FROM others o
        JOIN numbers n ON n.unit = o.unit AND n.topic = o.topic AND n.source = o.source AND o.seq < n.highest
        WHERE o.reason NOT IN ('duplicate', 'conflict') AND NOT EXISTS (
            SELECT FROM seen s
            WHERE s.unit = o.unit AND s.topic = o.topic AND s.source = o.source AND s.seq = o.seq)
        GROUP BY 1
    ), holes AS (
        SELECT unit, sum(absent)::bigint AS absent FROM numbers GROUP BY 1
    )
    SELECT unit, p.events, p.originals,
           p.originals - coalesce(r.corrected, 0) - coalesce(r.voided, 0),
           coalesce(r.corrected, 0), coalesce(r.voided, 0),
           p.revisions, coalesce(r.winning, 0), p.revisions - coalesce(r.winning, 0),
           coalesce(r.waiting, 0), coalesce(r.orphaned, 0), p.withdrawn,
           coalesce(d.duplicates, 0), coalesce(d.conflicts, 0),
           h.absent - coalesce(c.rejected, 0), coalesce(c.rejected, 0),
           p.latest_event, p.latest_receipt
    FROM parts p
    JOIN holes h USING (unit)
    LEFT JOIN registers r USING (unit)
    LEFT JOIN repeats d USING (unit)
    LEFT JOIN claims c USING (unit);
END;
COMMENT ON FUNCTION ledger_conservation_at IS
    'Where the records of units went, below positions as in ledger_counters_at. `conflicts` are told by id, however '
    'old; the counter has those older than 64 numbers among its duplicates.';

CREATE VIEW conservation AS
SELECT * FROM ledger_conservation_at(NULL, NULL);
COMMENT ON VIEW conservation IS 'Where the records of each unit went, recounted now. Reads every event.';

CREATE VIEW partition_conservation AS
SELECT p.topic, p.partition, p.next_offset AS records,
       coalesce(e.events, 0) AS events, coalesce(u.duplicates, 0) AS duplicates,
       coalesce(u.conflicts, 0) AS conflicts, coalesce(u.rejected, 0) AS rejected,
       p.next_offset - coalesce(e.events, 0) - coalesce(u.records, 0) AS difference
FROM positions p
LEFT JOIN (
    SELECT s.topic, s.partition, count(*) AS events
    FROM streams s JOIN events e ON e.stream = s.id
    GROUP BY 1, 2
) e USING (topic, partition)
LEFT JOIN (
    SELECT topic, partition, count(*) AS records,
           count(*) FILTER (WHERE reason = 'duplicate') AS duplicates,
           count(*) FILTER (WHERE reason = 'conflict') AS conflicts,
           count(*) FILTER (WHERE reason NOT IN ('duplicate', 'conflict')) AS rejected
    FROM uncounted
    GROUP BY 1, 2
) u USING (topic, partition)
WHERE topic_number(p.topic) IS NOT NULL;
COMMENT ON VIEW partition_conservation IS
    'records = events + duplicates + conflicts + rejected per topic and partition; `difference` must be 0.';
