-- Tables that follow the events, see sinks.ledger.tables_steps; and what their subjects are looked at by.

CREATE TABLE followed (
    stream integer PRIMARY KEY,
    events bigint NOT NULL,
    highest integer NOT NULL
);
COMMENT ON TABLE followed IS 'Up to where steps follow each stream: what `heard` said then.';
CREATE TABLE revised (
    unit text NOT NULL, type text NOT NULL, subject text NOT NULL, instant bigint NOT NULL, data jsonb NOT NULL,
    root_stream integer NOT NULL, root_seq integer NOT NULL
);
COMMENT ON TABLE revised IS 'What revisions moved and steps do not follow yet, written with the events.';
CREATE TABLE subject_roots (
    subject text, root_stream integer, root_seq integer,
    PRIMARY KEY (subject, root_stream, root_seq)
);
COMMENT ON TABLE subject_roots IS
    'Which roots say, or once said, something of a household, session or point that is kept by root.';
CREATE TABLE subject_steps (
    family text, subject text, unit text,
    regular boolean NOT NULL,
    steps jsonb NOT NULL,
    PRIMARY KEY (family, subject, unit)
);
COMMENT ON TABLE subject_steps IS 'What each subject puts into `steps`.';
COMMENT ON COLUMN subject_steps.family IS 'household, session or point; else a measure of presence';
COMMENT ON COLUMN subject_steps.regular IS 'if not, it has no steps, and is looked at when it is asked for';
COMMENT ON COLUMN subject_steps.steps IS '[[measure, kind, previous day or null, day, by how much], ...]';
CREATE INDEX irregular_subjects ON subject_steps (unit, family) WHERE NOT regular;
CREATE TABLE steps (
    unit text, measure text, previous date, day date, kind text,
    value bigint NOT NULL,
    PRIMARY KEY (unit, measure, previous, day, kind)
);
COMMENT ON TABLE steps IS
    'By how much a figure rises on a day. From a first day on, what has a previous day before it counts.';
COMMENT ON COLUMN steps.previous IS 'the day before it on which the same subjects count; or -infinity';
CREATE TABLE per_month (
    unit text, month date, measure text, kind text,
    value bigint NOT NULL,
    PRIMARY KEY (unit, month, measure, kind)
);
COMMENT ON TABLE per_month IS '`per_day`, and `steps` without a previous day, by month.';
COMMENT ON COLUMN per_month.month IS 'its first day';

-- Which facts are kept by root, and of what kind of subject.
CREATE VIEW kept_families (type, family) AS VALUES
    ('household.surveyed', 'household'),
    ('smartphone.handed-out', 'household'),
    ('training.session-held', 'session'),
    ('training.attended', 'session'),
    ('outreach.session-held', 'session'),
    ('point.connected', 'point'),
    ('device.installed', 'point'),
    ('device.faulted', 'point'),
    ('device.removed', 'point');
COMMENT ON VIEW kept_families IS 'Facts that are kept by root, and the kind of subject that they decide about.';

-- `facts_at` of some subjects, by their roots alone. `id` names the root's event, or the correction while it waits.
CREATE FUNCTION stated(subjects text[]) RETURNS TABLE (
    unit text, subject text, root_source text, root_seq integer, sign integer, standing boolean, type text,
    instant bigint, data jsonb, id uuid)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
-- From each subject to its few roots by their keys, whatever the planner thinks of tables that have just grown.
SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0
BEGIN ATOMIC
    SELECT s.unit, q.subject, s.source, q.root_seq, f.sign, f.standing, f.type, f.instant, f.data, coalesce(o.id, w.id)
    FROM unnest(subjects) AS asked (subject)
    CROSS JOIN LATERAL (SELECT * FROM subject_roots i WHERE i.subject = asked.subject OFFSET 0) AS q
    CROSS JOIN LATERAL (SELECT * FROM streams i WHERE i.id = q.root_stream OFFSET 0) AS s
    LEFT JOIN LATERAL (SELECT * FROM events i WHERE i.stream = q.root_stream AND i.seq = q.root_seq OFFSET 0) AS o ON true
    LEFT JOIN LATERAL (
        SELECT * FROM registers i WHERE i.root_stream = q.root_stream AND i.root_seq = q.root_seq OFFSET 0) AS r ON true
    LEFT JOIN LATERAL (SELECT * FROM events i WHERE i.stream = r.stream AND i.seq = r.seq OFFSET 0) AS w ON true
    CROSS JOIN LATERAL (
        SELECT +1 AS sign, r.root_seq IS NULL AS standing, o.type, o.subject, o.instant, o.data
        WHERE o.part = 'original'
        UNION ALL
        SELECT -1, false, w.type, w.data #>> '{original,subject}', w.carried_instant, w.data #> '{original,data}'
        WHERE r.root_part = 'original'
        UNION ALL
        SELECT +1, true, w.type, w.data #>> '{new,subject}', w.new_instant, w.data #> '{new,data}'
        WHERE w.part = 'corrected' AND coalesce(r.root_part, 'unseen') IN ('unseen', 'original', 'withdrawn')
    ) AS f
    WHERE f.subject = q.subject;
END;
COMMENT ON FUNCTION stated IS 'What is stated now of some subjects (each named once), from their roots alone.';

-- What steps come to: up to a day, or from a first to a last one. Up to a day whole months will do before its own.
CREATE FUNCTION steps_between(units text[], measures text[], first date, last date) RETURNS TABLE (
    unit text, measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10000
BEGIN ATOMIC
    SELECT c.unit, c.measure, c.kind, sum(c.value)::bigint
    FROM (
        SELECT m.unit, m.measure, m.kind, m.value
        FROM per_month m
        WHERE first IS NULL AND m.unit = ANY (units) AND m.month < date_trunc('month', last + 1)::date
          AND m.measure = ANY (measures)
        UNION ALL
        SELECT s.unit, s.measure, s.kind, s.value
        FROM steps s
        WHERE first IS NULL AND s.unit = ANY (units) AND s.measure = ANY (measures) AND s.previous = '-infinity'
          AND s.day BETWEEN date_trunc('month', last + 1)::date AND last
        UNION ALL
        SELECT s.unit, s.measure, s.kind, s.value
        FROM steps s
        WHERE s.unit = ANY (units) AND s.measure = ANY (measures) AND s.previous < first AND s.day BETWEEN first AND last
    ) AS c
    GROUP BY 1, 2, 3;
END;
COMMENT ON FUNCTION steps_between IS
    'What regular subjects count for by unit, measure and kind, up to a day or (with `first`) between two days.';

-- What revisions do and once did, as `revised` wants it when all is followed from the beginning.
CREATE VIEW revision_effects AS
SELECT s.unit, w.type, w.data #>> '{original,subject}' AS subject, w.carried_instant AS instant,
       w.data #> '{original,data}' AS data, r.root_stream, r.root_seq
FROM registers r
JOIN events w ON w.stream = r.stream AND w.seq = r.seq
JOIN streams s ON s.id = r.root_stream
UNION ALL
SELECT s.unit, w.type, w.data #>> '{new,subject}', w.new_instant, w.data #> '{new,data}', r.root_stream, r.root_seq
FROM registers r
JOIN events w ON w.stream = r.stream AND w.seq = r.seq AND w.part = 'corrected'
JOIN streams s ON s.id = r.root_stream;
COMMENT ON VIEW revision_effects IS 'What the winning revisions carry and state.';
INSERT INTO revised SELECT * FROM revision_effects;

CREATE INDEX uncounted_rejected ON uncounted (unit) WHERE reason NOT IN ('duplicate', 'conflict');
