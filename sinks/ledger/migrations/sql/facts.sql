-- What is stated, recounted from the events alone: no register, no figure that was kept along the way.

-- Where a field topic's offset stands in the array `positions` of a total.
CREATE FUNCTION topic_number(topic text) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_position(ARRAY['field.points.v1', 'field.devices.v1', 'field.training.v1', 'field.outreach.v1',
    'field.handouts.v1', 'field.payments.v1', 'field.support.v1', 'field.households.v1'], topic);

-- The events of some units (all for null) below positions: one array of next offsets per unit (null for no limit).
CREATE FUNCTION events_at(units text[], positions bigint[][]) RETURNS TABLE (
    unit text, topic text, source text, stream integer, seq integer, type text, part text, subject text,
    instant bigint, received bigint, data jsonb,
    root_stream integer, root_seq integer, revision integer, carried_instant bigint, new_instant bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20000
BEGIN ATOMIC
    SELECT s.unit, s.topic, s.source, e.stream, e.seq, e.type, e.part, e.subject,
           e.instant, e.received, e.data,
           e.root_stream, e.root_seq, e.revision, e.carried_instant, e.new_instant
    FROM streams s
    JOIN events e ON e.stream = s.id
    WHERE (units IS NULL OR s.unit = ANY (units))
      AND (positions IS NULL OR e.log_offset < positions[array_position(units, s.unit)][topic_number(s.topic)]);
END;

-- What stands behind the counters: every original as +1; of each root's winning revision the carried fact as -1 where
-- the original has come, and the new fact as +1 where the root is, or may yet be, an original. `standing` marks the
-- one version of a root that holds.
CREATE FUNCTION facts_at(units text[], positions bigint[][]) RETURNS TABLE (
    unit text, topic text, root_source text, root_seq integer, sign integer, standing boolean,
    type text, subject text, instant bigint, data jsonb)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 20000
BEGIN ATOMIC
    WITH seen AS MATERIALIZED (
        SELECT * FROM events_at(units, positions)
    ), winners AS (
        SELECT DISTINCT ON (root_stream, root_seq) *
        FROM seen
        WHERE root_seq IS NOT NULL
        ORDER BY root_stream, root_seq, revision DESC, instant DESC, source COLLATE "C" DESC, seq DESC
    ), judged AS MATERIALIZED (
        SELECT w.*, root.part AS root_part, s.source AS root_source
        FROM winners w
        JOIN streams s ON s.id = w.root_stream
        LEFT JOIN seen root ON root.stream = w.root_stream AND root.seq = w.root_seq
    )
    SELECT o.unit, o.topic, o.source, o.seq, +1, w.seq IS NULL, o.type, o.subject, o.instant, o.data
    FROM seen o
    LEFT JOIN judged w ON w.root_stream = o.stream AND w.root_seq = o.seq
    WHERE o.part = 'original'
    UNION ALL
    SELECT unit, topic, root_source, root_seq, -1, false,
           type, data #>> '{original,subject}', carried_instant, data #> '{original,data}'
    FROM judged
    WHERE root_part = 'original'
    UNION ALL
    SELECT unit, topic, root_source, root_seq, +1, true,
           type, data #>> '{new,subject}', new_instant, data #> '{new,data}'
    FROM judged
    WHERE new_instant IS NOT NULL AND coalesce(root_part, 'unseen') IN ('unseen', 'original', 'withdrawn');
END;
