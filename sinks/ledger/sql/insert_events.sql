-- In the order of the log, so that the first record of an identity wins, within a batch too.
WITH taken AS (
    INSERT INTO events (stream, seq, log_offset, id, type, part, subject, instant, received, data,
                        root_stream, root_seq, revision, carried_instant, new_instant)
    SELECT s.id, n.seq, n.log_offset, n.id, n.type, n.part, n.subject, n.instant, n.received, n.data,
           root.id, n.root_seq, n.revision, n.carried_instant, n.new_instant
    FROM staged n
    JOIN streams s ON s.unit = n.unit AND s.topic = n.topic AND s.source = n.source
    LEFT JOIN streams root ON root.unit = n.unit AND root.topic = n.topic AND root.source = n.root_source
    ORDER BY s.id, n.log_offset
    ON CONFLICT DO NOTHING
    RETURNING stream, seq, type, part, subject, instant, data, root_stream, root_seq, revision, received
)
INSERT INTO fresh
SELECT s.unit, t.stream, t.seq, t.type, t.part, t.subject, t.instant, t.data, t.root_stream, t.root_seq, t.revision,
       t.received
FROM taken t JOIN streams s ON s.id = t.stream
