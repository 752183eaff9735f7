-- Checks of the ledger against itself. A row is a difference or a finding.

CREATE VIEW inconsistencies AS
WITH facts AS MATERIALIZED (
    SELECT * FROM facts_at(NULL, NULL)
), sums AS (
    SELECT f.unit, day_of(f.instant) AS day, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind,
           sum(f.sign * coalesce((f.data ->> r.amount_field)::bigint, 1)) AS value
    FROM facts f JOIN sum_rules r ON r.type = f.type
    GROUP BY 1, 2, 3, 4
), subjects AS (
    SELECT f.unit, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind,
           present(r.measure, r.whom_field, f.subject, f.data) AS subject, day_of(f.instant) AS day,
           sum(f.sign) AS standing
    FROM facts f JOIN presence_rules r ON r.type = f.type
    GROUP BY 1, 2, 3, 4, 5
)
SELECT 'per_day' AS kept_in, unit, measure, kind, NULL AS subject, day, coalesce(d.value, 0) AS kept,
       coalesce(s.value, 0) AS recounted
FROM per_day d FULL JOIN sums s USING (unit, day, measure, kind)
WHERE coalesce(d.value, 0) <> coalesce(s.value, 0)
UNION ALL
SELECT 'presence', unit, measure, kind, subject, day, coalesce(p.standing, 0), coalesce(s.standing, 0)
FROM presence p FULL JOIN (SELECT * FROM subjects WHERE subject IS NOT NULL) s USING (unit, measure, kind, subject, day)
WHERE coalesce(p.standing, 0) <> coalesce(s.standing, 0);
COMMENT ON VIEW inconsistencies IS
    'Where the figures kept along the way differ from a recount of the events; must be empty. Reads every event.';

CREATE VIEW carried_differs AS
SELECT s.unit, s.topic, s.source AS root_source, root.seq AS root_seq, root.id AS root_id,
       reviser.source AS revision_source, w.seq AS revision_seq, w.id AS revision_id,
       root.type AS root_type, w.type AS carried_type,
       root.subject AS root_subject, w.data #>> '{original,subject}' AS carried_subject,
       root.instant AS root_instant, w.carried_instant,
       root.data AS root_data, w.data #> '{original,data}' AS carried_data
FROM registers r
JOIN events root ON root.stream = r.root_stream AND root.seq = r.root_seq AND root.part = 'original'
JOIN events w ON w.stream = r.stream AND w.seq = r.seq
JOIN streams s ON s.id = r.root_stream
JOIN streams reviser ON reviser.id = r.stream
WHERE (root.type, root.subject, root.instant, root.data)
    IS DISTINCT FROM (w.type, w.data #>> '{original,subject}', w.carried_instant, w.data #> '{original,data}');
COMMENT ON VIEW carried_differs IS
    'Winning revisions whose carried original is not what the root states: the counters follow the carried fact, and '
    'a further revision mends it.';

CREATE VIEW rejection_differs AS
SELECT topic, partition, log_offset, u.reason AS ledger_reason, r.reason AS counter_reason
FROM (SELECT * FROM uncounted WHERE reason <> 'duplicate') u
FULL JOIN rejected r USING (topic, partition, log_offset)
WHERE u.reason IS DISTINCT FROM r.reason;
COMMENT ON VIEW rejection_differs IS
    'Records that ledger and counter judged differently: the counter is behind for a moment, or a conflict is older '
    'than it can tell (counter_reason null), or the map or the version changed between them.';
