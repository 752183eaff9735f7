-- What steps do not follow yet, of the next streams of `behind`: originals above the number up to which they follow, or
-- all of the stream's where a hole was filled, and what revisions moved. One statement, so of one moment; what is looked
-- at after it may be newer, and then comes again.
WITH next AS (
    DELETE FROM behind
    WHERE before < coalesce((SELECT min(before) FROM behind) + %(events)s, 'infinity')
    RETURNING stream
), changed AS MATERIALIZED (
    SELECT h.*, coalesce(f.events, 0) AS was, coalesce(f.highest, 0) AS upto
    FROM next JOIN heard h ON h.stream = next.stream LEFT JOIN followed f ON f.stream = h.stream
    WHERE (h.events, h.highest) IS DISTINCT FROM (f.events, f.highest)
), noted AS (
    INSERT INTO followed (stream, events, highest)
    SELECT stream, events, highest FROM changed
    ON CONFLICT (stream) DO UPDATE SET events = excluded.events, highest = excluded.highest
), from_whom AS (
    INSERT INTO heard_from AS f (unit, source, events, numbers, latest_event, latest_receipt)
    SELECT s.unit, s.source, sum(c.events - c.was), sum(c.highest - c.upto), max(c.latest_event), max(c.latest_receipt)
    FROM changed c JOIN streams s ON s.id = c.stream
    GROUP BY 1, 2
    ORDER BY 1, 2
    ON CONFLICT (unit, source) DO UPDATE
    SET events = f.events + excluded.events, numbers = f.numbers + excluded.numbers,
        latest_event = greatest(f.latest_event, excluded.latest_event),
        latest_receipt = greatest(f.latest_receipt, excluded.latest_receipt)
), taken AS (
    DELETE FROM revised RETURNING *
), fresh AS MATERIALIZED (
    SELECT c.stream, CASE WHEN c.events - c.was = (
               SELECT count(*) FROM events e WHERE e.stream = c.stream AND e.seq > c.upto) THEN c.upto ELSE 0 END AS above
    FROM changed c
)
INSERT INTO news (unit, type, subject, instant, data, root_stream, root_seq)
SELECT s.unit, e.type, e.subject, e.instant, e.data, e.stream, e.seq
FROM fresh f
JOIN streams s ON s.id = f.stream
CROSS JOIN LATERAL (SELECT * FROM events WHERE stream = f.stream AND seq > f.above AND part = 'original' OFFSET 0) AS e
UNION ALL
SELECT unit, type, subject, instant, data, root_stream, root_seq FROM taken
UNION ALL -- a revision that carries another original than its root ends what its root stated
SELECT DISTINCT t.unit, o.type, o.subject, o.instant, o.data, o.stream, o.seq
FROM taken t JOIN events o ON o.stream = t.root_stream AND o.seq = t.root_seq AND o.part = 'original'
