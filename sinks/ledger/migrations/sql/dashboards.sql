-- What dashboards may read: views of their own in a schema of their own, for a role that can read nothing else.
-- No view names a household, a point, a person or a device, nor holds a pseudonym of one.

CREATE SCHEMA dashboards;
COMMENT ON SCHEMA dashboards IS 'Views for Grafana; the role fieldtally_dashboards reads these and nothing else.';

CREATE VIEW dashboards.communes AS
SELECT DISTINCT t.commune, c.name, t.province, p.name AS province_name
FROM commune_totals t
JOIN units c ON c.id = t.commune
LEFT JOIN units p ON p.id = t.province;
COMMENT ON VIEW dashboards.communes IS 'Current communes with live counters.';

CREATE VIEW dashboards.figures AS
SELECT t.province, t.commune, t.name, m.name AS measure, t.kind, m.title_vi, m.title_en, m.subject, t.value,
       t.latest_event, t.newest_total
FROM commune_totals t
JOIN measures m ON m.name = t.measure;
COMMENT ON VIEW dashboards.figures IS 'Live counters by current commune (null: unresolved) with titles.';

CREATE VIEW dashboards.days AS
SELECT d.province, d.commune, d.day, m.name AS measure, m.title_vi, m.title_en, sum(d.value) AS value
FROM day_figures d
JOIN measures m ON m.name = d.measure
GROUP BY 1, 2, 3, 4, 5, 6;
COMMENT ON VIEW dashboards.days IS 'Sum measures by current commune and day on which it happened.';

-- Whose events came, kept along the way; a tablet's source is the digest of its key and says nothing of a person.
CREATE VIEW dashboards.sources AS
SELECT u.province, u.commune, c.name, s.source,
       s.source NOT LIKE '/imports/%' AND s.source NOT LIKE '/offices/%' AS is_tablet,
       sum(h.events)::bigint AS events, moment(max(h.latest_event)) AS latest_event,
       moment(max(h.latest_receipt)) AS latest_receipt,
       coalesce(sum((k.holes ->> 'missing')::bigint), 0)::bigint AS missing,
       coalesce(sum((k.holes ->> 'rejected')::bigint), 0)::bigint AS rejected
FROM streams s
JOIN heard h ON h.stream = s.id
LEFT JOIN units u ON u.id = s.unit
LEFT JOIN units c ON c.id = u.commune
LEFT JOIN stream_marks k ON k.source = s.source AND k.topic = s.topic AND k.unit = s.unit
GROUP BY 1, 2, 3, 4;
COMMENT ON VIEW dashboards.sources IS
    'Each source by current commune: what came of it and when, and which of its numbers the counter lacks.';

-- Targets. Counts of all of a programme's units; shares also by commune, where the registers know the whole.
CREATE VIEW dashboards.programme_counts AS
SELECT p.programme, u.commune, t.measure, t.kind, sum(t.value) AS value
FROM unit_totals t
JOIN programme_units p ON p.unit = t.unit
LEFT JOIN units u ON u.id = t.unit
GROUP BY 1, 2, 3, 4;
CREATE VIEW dashboards.programme_registered AS
SELECT p.programme, u.commune, r.kind, r.class, r.need, count(*) AS entries
FROM register_entries r
JOIN programme_units p ON p.unit = r.unit
LEFT JOIN units u ON u.id = r.unit
WHERE r.valid_from <= today() AND (r.valid_until IS NULL OR today() < r.valid_until)
GROUP BY 1, 2, 3, 4, 5;

CREATE VIEW dashboards.targets AS
WITH counts AS MATERIALIZED (
    SELECT programme, measure, kind, sum(value) AS value FROM dashboards.programme_counts GROUP BY 1, 2, 3
), registered AS MATERIALIZED (
    SELECT programme, kind, class, need, sum(entries) AS entries FROM dashboards.programme_registered GROUP BY 1, 2, 3, 4
), compared AS (
    SELECT t.*,
           (SELECT coalesce(sum(c.value), 0) FROM counts c
            WHERE c.programme = t.programme AND c.measure = t.measure
              AND (t.kinds IS NULL OR c.kind = ANY (t.kinds))) AS counted,
           coalesce(
               (SELECT sum(r.entries) FROM registered r
                WHERE r.programme = t.programme AND r.kind = t.register
                  AND (t.register_classes IS NULL OR r.class = ANY (t.register_classes))
                  AND (NOT t.register_needy OR r.need)),
               (SELECT sum(c.value) FROM counts c
                WHERE c.programme = t.programme AND c.measure = t.else_measure
                  AND (t.else_kinds IS NULL OR c.kind = ANY (t.else_kinds))),
               t.baseline) AS whole
    FROM targets t
)
SELECT programme, programme_vi, programme_en, row_id, title_vi, title_en, unit, period, counted, whole,
       CASE WHEN unit = '%' THEN round(100 * counted / nullif(whole, 0), 1) ELSE counted END AS reached, target,
       round(100 * CASE WHEN unit = '%' THEN 100 * counted / nullif(whole, 0) ELSE counted END / target, 1) AS progress
FROM compared;
COMMENT ON VIEW dashboards.targets IS
    'Each target of each programme: live count, of how many where it is a share, what is reached, and how far in %.';

CREATE VIEW dashboards.commune_shares AS
WITH wholes AS (
    SELECT t.programme, t.row_id, t.number, r.commune, sum(r.entries) AS whole
    FROM targets t
    JOIN dashboards.programme_registered r ON r.programme = t.programme AND r.kind = t.register
        AND (t.register_classes IS NULL OR r.class = ANY (t.register_classes)) AND (NOT t.register_needy OR r.need)
    WHERE t.unit = '%'
    GROUP BY 1, 2, 3, 4
), counted AS (
    SELECT t.programme, t.row_id, t.number, c.commune, sum(c.value) AS counted
    FROM targets t
    JOIN dashboards.programme_counts c ON c.programme = t.programme AND c.measure = t.measure
        AND (t.kinds IS NULL OR c.kind = ANY (t.kinds))
    WHERE t.unit = '%'
    GROUP BY 1, 2, 3, 4
)
SELECT t.programme, t.row_id, t.title_vi, t.title_en, u.province, w.commune, u.name, coalesce(c.counted, 0) AS counted,
       w.whole, round(100 * coalesce(c.counted, 0) / w.whole, 1) AS reached, t.target
FROM wholes w
JOIN targets t ON t.programme = w.programme AND t.row_id = w.row_id AND t.number = w.number
JOIN units u ON u.id = w.commune
LEFT JOIN counted c ON c.programme = w.programme AND c.row_id = w.row_id AND c.number = w.number
    AND c.commune = w.commune;
COMMENT ON VIEW dashboards.commune_shares IS 'Targets that are shares, by current commune, of what is registered there.';

-- It reads every event, so it is asked for one commune and runs as its owner; what it gives has no subject.
CREATE FUNCTION dashboards.findings_of(asked text) RETURNS TABLE (finding text, since date, detail text, events bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
    SELECT f.finding, f.since, CASE WHEN f.finding = 'equipment-seen-twice' THEN '' ELSE f.detail::text END,
           cardinality(f.events)::bigint
    FROM findings f
    WHERE EXISTS (SELECT FROM units u WHERE u.id = ANY (f.units) AND u.commune = asked)
    ORDER BY f.since DESC, f.finding
$$;
COMMENT ON FUNCTION dashboards.findings_of IS 'What somebody should look at in a current commune, newest first.';

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'fieldtally_dashboards') THEN
        CREATE ROLE fieldtally_dashboards NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server was first
    WHEN insufficient_privilege THEN RAISE NOTICE 'The role fieldtally_dashboards is to be made by an administrator.';
END $$;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'fieldtally_dashboards') THEN
        GRANT USAGE ON SCHEMA dashboards TO fieldtally_dashboards;
        GRANT SELECT ON ALL TABLES IN SCHEMA dashboards TO fieldtally_dashboards;
        REVOKE ALL ON FUNCTION dashboards.findings_of(text) FROM PUBLIC;
        GRANT EXECUTE ON FUNCTION dashboards.findings_of(text) TO fieldtally_dashboards;
    END IF;
END $$;
