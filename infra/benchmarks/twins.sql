-- So many more households, sessions, points and tablets, each with the history of one that is there, some days earlier:
-- rows of the same shape in every table that the ledger writes with its events. `%(first)s` to `%(last)s` are the copies.
CREATE TEMPORARY TABLE IF NOT EXISTS twins (twin integer, old integer, new integer, PRIMARY KEY (twin, old));
TRUNCATE twins;
INSERT INTO streams (source, topic, unit, partition)
SELECT s.source || '~' || c, s.topic, s.unit, s.partition
FROM streams s, generate_series(%(first)s, %(last)s) AS c
WHERE s.source NOT LIKE '%%~%%';
INSERT INTO twins (twin, old, new)
SELECT c, s.id, t.id
FROM generate_series(%(first)s, %(last)s) AS c
JOIN streams s ON s.source NOT LIKE '%%~%%'
JOIN streams t ON t.unit = s.unit AND t.topic = s.topic AND t.source = s.source || '~' || c;
ANALYZE twins;
INSERT INTO events (stream, seq, log_offset, id, type, part, subject, instant, received, data,
                    root_stream, root_seq, revision, carried_instant, new_instant)
SELECT t.new, e.seq, e.log_offset + t.twin * 1000000000::bigint, gen_random_uuid(), e.type, e.part,
       CASE WHEN e.subject LIKE 'unit/%%' THEN e.subject ELSE e.subject || '~' || t.twin END,
       e.instant - t.twin %% 300 * 86400000::bigint, e.received - t.twin %% 300 * 86400000::bigint,
       CASE WHEN e.part = 'original' AND e.type <> 'training.attended' THEN e.data ELSE
           regexp_replace(regexp_replace(e.data::text,
               '"((?:household|session|point)/[^"/]+)"', '"\1~' || t.twin || '"', 'g'),
               '"(household": "[^"/]+|attendee": "[^"/]+(?=/))', '"\1~' || t.twin, 'g')::jsonb END,
       r.new, e.root_seq, e.revision, e.carried_instant - t.twin %% 300 * 86400000::bigint,
       e.new_instant - t.twin %% 300 * 86400000::bigint
FROM twins t
JOIN events e ON e.stream = t.old
LEFT JOIN twins r ON r.twin = t.twin AND r.old = e.root_stream;
INSERT INTO registers (root_stream, root_seq, stream, seq, root_part)
SELECT t.new, r.root_seq, w.new, r.seq, r.root_part
FROM twins t
JOIN registers r ON r.root_stream = t.old
JOIN twins w ON w.twin = t.twin AND w.old = r.stream;
INSERT INTO heard (stream, events, highest, latest_event, latest_receipt)
SELECT t.new, h.events, h.highest, h.latest_event, h.latest_receipt FROM twins t JOIN heard h ON h.stream = t.old;
INSERT INTO uncounted (topic, partition, log_offset, reason, unit, source, seq, id)
SELECT u.topic, u.partition, u.log_offset + c * 1000000000::bigint, u.reason, u.unit, u.source || '~' || c, u.seq, u.id
FROM uncounted u, generate_series(%(first)s, %(last)s) AS c
WHERE u.log_offset < 1000000000;
INSERT INTO presence (unit, measure, kind, subject, day, standing)
SELECT p.unit, p.measure, p.kind, CASE p.measure WHEN 'outreach_rounds' THEN p.subject ELSE p.subject || '~' || c END,
       p.day - c %% 300, sum(p.standing)
FROM first_presence p, generate_series(%(first)s, %(last)s) AS c
GROUP BY 1, 2, 3, 4, 5
ORDER BY 1, 2, 3, 4, 5
ON CONFLICT (unit, measure, kind, subject, day) DO UPDATE SET standing = presence.standing + excluded.standing;
INSERT INTO per_day AS d (unit, day, measure, kind, value)
SELECT p.unit, p.day - c %% 300, p.measure, p.kind, sum(p.value)
FROM first_per_day p, generate_series(%(first)s, %(last)s) AS c
GROUP BY 1, 2, 3, 4
ORDER BY 1, 2, 3, 4
ON CONFLICT (unit, day, measure, kind) DO UPDATE SET value = d.value + excluded.value
