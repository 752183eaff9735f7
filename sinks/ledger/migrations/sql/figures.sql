-- For people: every event, the newest live totals by unit, current commune and province, days, and union measures.

CREATE VIEW unit_totals AS
SELECT t.unit, u.name, u.level, u.commune, u.province, u.unresolved,
       m.key AS measure, k.key AS kind, k.value::bigint AS value,
       t.generation, t.positions, moment(t.latest_event) AS latest_event, moment(t.published) AS published
FROM totals t
LEFT JOIN units u ON u.id = t.unit
CROSS JOIN LATERAL jsonb_each(t.counters) AS m
CROSS JOIN LATERAL jsonb_each(m.value) AS k;
COMMENT ON VIEW unit_totals IS 'The live counters (other than 0) of each unit, as of the newest total.';

CREATE VIEW commune_totals AS
SELECT t.province, t.commune, c.name, CASE WHEN t.commune IS NULL THEN coalesce(t.unresolved, 'unknown-unit') END
       AS unresolved,
       t.measure, t.kind, sum(t.value) AS value, count(*) AS units,
       max(t.latest_event) AS latest_event, min(t.published) AS oldest_total, max(t.published) AS newest_total
FROM unit_totals t
LEFT JOIN units c ON c.id = t.commune
GROUP BY 1, 2, 3, 4, 5, 6;
COMMENT ON VIEW commune_totals IS
    'Live counters by current commune. A unit that has none (split, above the communes) counts in an unresolved line '
    'of its province, so that the lines of a measure add up to the units.';

CREATE VIEW province_totals AS
SELECT t.province, p.name, coalesce(t.unresolved, 'communes') AS line, t.measure, t.kind, sum(t.value) AS value,
       min(t.oldest_total) AS oldest_total, max(t.newest_total) AS newest_total
FROM commune_totals t
LEFT JOIN units p ON p.id = t.province
GROUP BY 1, 2, 3, 4, 5;
COMMENT ON VIEW province_totals IS
    'Live counters by current province: one line of its communes, and one for each class of unresolved units. '
    'Province null: units that no one current province holds.';

CREATE VIEW day_figures AS
SELECT d.unit, u.name, u.commune, u.province, d.day, d.measure, d.kind, d.value
FROM per_day d LEFT JOIN units u ON u.id = d.unit
WHERE d.value <> 0;
COMMENT ON VIEW day_figures IS 'Sum measures by unit and day. A correction of another day can make a day negative.';

CREATE VIEW standing_subjects AS
SELECT p.unit, p.measure, p.kind, p.subject, sum(p.standing) AS facts,
       min(p.day) FILTER (WHERE p.standing > 0) AS first_day, max(p.day) FILTER (WHERE p.standing > 0) AS last_day
FROM presence p
GROUP BY 1, 2, 3, 4
HAVING sum(p.standing) > 0;
COMMENT ON VIEW standing_subjects IS 'Who counts under a distinct or union measure, with the first and last day.';

CREATE VIEW union_figures AS
SELECT CASE WHEN GROUPING(s.unit) = 0 THEN 'unit' WHEN GROUPING(u.commune) = 0 THEN 'commune'
            WHEN GROUPING(u.province) = 0 THEN 'province' ELSE 'country' END AS scope,
       coalesce(s.unit, u.commune, u.province) AS place, s.measure, count(DISTINCT s.subject) AS value
FROM standing_subjects s
JOIN measures m ON m.name = s.measure AND m.additivity = 'union'
LEFT JOIN units u ON u.id = s.unit
GROUP BY GROUPING SETS ((s.measure, s.unit), (s.measure, u.commune), (s.measure, u.province), (s.measure));
COMMENT ON VIEW union_figures IS
    'Union measures by unit, current commune, current province and country; they cannot be added up. Place null '
    'in scope commune or province: the units that have none.';

CREATE VIEW event_log AS
SELECT s.unit, s.topic, s.partition, e.log_offset, s.source, e.seq, e.id,
       e.type || CASE WHEN e.root_seq IS NULL THEN '' ELSE '.' || e.part END AS type, e.part, e.subject,
       moment(e.instant) AS happened, day_of(e.instant) AS day, moment(e.received) AS received, e.data,
       root.source AS root_source, e.root_seq, e.revision
FROM events e
JOIN streams s ON s.id = e.stream
LEFT JOIN streams root ON root.id = e.root_stream;
COMMENT ON VIEW event_log IS 'Every event with its stream and its place in the log, spelt out.';
