-- Findings: what somebody should look at. A suspicion, never a refusal; each with the ids of the events behind it.
-- All have the columns finding, units, subjects, since (the day from which it holds), detail, events.

CREATE VIEW finding_equipment AS
WITH seen AS (
    SELECT f.unit, f.subject, f.instant, f.root_id, f.revision_id, f.data ->> 'maker' AS maker,
           f.data ->> 'serial' AS number, CASE f.type WHEN 'device.installed' THEN 1 ELSE -1 END AS placed
    FROM standing_facts f
    WHERE f.type IN ('device.installed', 'device.removed')
    UNION ALL
    SELECT f.unit, f.subject, f.instant, f.root_id, f.revision_id, '', f.data ->> 'imei', 1
    FROM standing_facts f
    WHERE f.type = 'smartphone.handed-out'
)
SELECT 'equipment-seen-twice' AS finding, array_agg(DISTINCT unit) AS units, array_agg(DISTINCT subject) AS subjects,
       day_of(max(instant) FILTER (WHERE placed = 1)) AS since,
       jsonb_build_object('maker', maker, 'number', number, 'in_place', sum(placed)) AS detail,
       behind(array_agg(root_id ORDER BY instant), array_agg(revision_id ORDER BY instant)) AS events
FROM seen
GROUP BY maker, number
HAVING sum(placed) > 1;

CREATE VIEW finding_other_fund AS
WITH life AS MATERIALIZED (
    SELECT f.*, f.data ->> 'maker' AS maker, f.data ->> 'serial' AS serial, f.data ->> 'kind' AS kind,
           f.data ->> 'funding' AS funding, coalesce(f.root_id, f.revision_id) AS id
    FROM standing_facts f
    WHERE f.type IN ('device.installed', 'device.faulted', 'device.removed')
)
SELECT 'double-funded-device' AS finding, ARRAY[later.unit] AS units, ARRAY[later.subject] AS subjects,
       day_of(later.instant) AS since,
       jsonb_build_object('kind', later.kind, 'funding', later.funding, 'there_from', earlier.funding) AS detail,
       behind(ARRAY[earlier.root_id, later.root_id], ARRAY[earlier.revision_id, later.revision_id]) AS events
FROM life later
JOIN life earlier ON earlier.subject = later.subject AND earlier.kind = later.kind AND earlier.funding <> later.funding
    AND (earlier.instant, earlier.id) < (later.instant, later.id)
CROSS JOIN LATERAL (
    SELECT l.type, l.data ->> 'fault' AS fault
    FROM life l
    WHERE l.subject = earlier.subject AND l.maker = earlier.maker AND l.serial = earlier.serial
      AND l.instant <= later.instant
    ORDER BY l.instant DESC, l.type DESC
    LIMIT 1
) AS was
WHERE later.type = 'device.installed' AND earlier.type = 'device.installed'
  AND (earlier.maker, earlier.serial) <> (later.maker, later.serial)
  AND (was.type = 'device.installed' OR was.fault = 'repaired');

CREATE VIEW finding_kit AS
WITH approved AS (
    SELECT DISTINCT ON (f.subject) f.unit, f.subject, f.instant, f.root_id, f.revision_id, f.data ->> 'host' AS host
    FROM standing_facts f
    WHERE f.type = 'point.approved'
    ORDER BY f.subject, f.instant DESC
), kits AS ( -- the newest list in force; a point's own goes before that of its class
    SELECT DISTINCT ON (a.subject) a.subject, k.host, k.point, k.valid_from
    FROM approved a
    JOIN approved_kits k ON (k.point = a.subject OR k.point = '' AND k.host = a.host) AND k.valid_from <= today()
    ORDER BY a.subject, k.point DESC, k.valid_from DESC
), wanted AS (
    SELECT kits.subject, k.kind, k.number FROM kits JOIN approved_kits k USING (host, point, valid_from)
), there AS (
    SELECT subject, kind, count(*) AS number, max(instant) AS latest,
           array_agg(root_id) AS roots, array_agg(revision_id) AS revisions
    FROM devices_in_place
    GROUP BY 1, 2
), compared AS (
    SELECT subject, kind, coalesce(w.number, 0) AS approved, coalesce(t.number, 0) AS in_place, t.latest,
           coalesce(t.roots, '{}') AS roots, coalesce(t.revisions, '{}') AS revisions
    FROM wanted w FULL JOIN there t USING (subject, kind)
)
SELECT CASE WHEN c.in_place < c.approved THEN 'kit-incomplete' ELSE 'kit-exceeded' END AS finding,
       ARRAY[a.unit] AS units, ARRAY[a.subject] AS subjects, day_of(greatest(a.instant, max(c.latest))) AS since,
       jsonb_object_agg(c.kind, format('%s of %s', c.in_place, c.approved)) AS detail,
       array_remove(ARRAY[a.root_id, a.revision_id] || array_agg(DISTINCT d.id), NULL) AS events
FROM compared c
JOIN approved a ON a.subject = c.subject
LEFT JOIN LATERAL unnest(c.roots || c.revisions) AS d (id) ON true
WHERE c.in_place <> c.approved AND EXISTS (SELECT FROM wanted w WHERE w.subject = c.subject)
GROUP BY 1, a.unit, a.subject, a.instant, a.root_id, a.revision_id;

CREATE VIEW finding_second_phone AS
SELECT 'second-smartphone' AS finding, array_agg(DISTINCT f.unit) AS units, ARRAY[f.subject] AS subjects,
       day_of(max(f.instant)) AS since, jsonb_build_object('smartphones', count(*)) AS detail,
       behind(array_agg(f.root_id ORDER BY f.instant), array_agg(f.revision_id ORDER BY f.instant)) AS events
FROM standing_facts f
WHERE f.type = 'smartphone.handed-out'
GROUP BY f.subject
HAVING count(*) > 1;

CREATE VIEW finding_roster AS
WITH held AS (
    SELECT f.unit, f.subject, max((f.data ->> 'headcount')::bigint) AS headcount, max(f.instant) AS instant,
           array_agg(f.root_id) AS roots, array_agg(f.revision_id) AS revisions
    FROM standing_facts f
    WHERE f.type = 'training.session-held'
    GROUP BY 1, 2
), attended AS (
    SELECT f.unit, f.subject, count(DISTINCT f.data ->> 'attendee') AS roster, max(f.instant) AS instant,
           array_agg(f.root_id) AS roots, array_agg(f.revision_id) AS revisions
    FROM standing_facts f
    WHERE f.type = 'training.attended'
    GROUP BY 1, 2
)
SELECT 'roster-above-headcount' AS finding, ARRAY[unit] AS units, ARRAY[subject] AS subjects,
       day_of(greatest(h.instant, a.instant)) AS since,
       jsonb_build_object('headcount', h.headcount, 'roster', a.roster) AS detail,
       behind(h.roots || a.roots, h.revisions || a.revisions) AS events
FROM held h JOIN attended a USING (unit, subject)
WHERE a.roster > h.headcount;

CREATE VIEW finding_unconnected AS
SELECT 'point-unconnected' AS finding, array_agg(DISTINCT f.unit) AS units, ARRAY[f.subject] AS subjects,
       day_of(min(f.instant)) AS since, jsonb_build_object('approvals', count(*)) AS detail,
       behind(array_agg(f.root_id), array_agg(f.revision_id)) AS events
FROM standing_facts f
WHERE f.type = 'point.approved'
  AND NOT EXISTS (SELECT FROM standing_facts c WHERE c.type = 'point.connected' AND c.subject = f.subject)
GROUP BY f.subject;

-- A commune goes on under its successor: it is silent when nothing came of any unit that went into today's commune.
CREATE VIEW finding_silent AS
WITH communes AS MATERIALIZED (
    SELECT h.stream, s.unit, coalesce(u.commune, s.unit) AS commune, h.latest_receipt
    FROM heard h
    JOIN streams s ON s.id = h.stream
    JOIN units u ON u.id = s.unit AND u.level = 'commune'
), latest AS (
    SELECT commune, array_agg(DISTINCT unit) AS units, max(latest_receipt) AS receipt FROM communes GROUP BY 1
)
SELECT 'unit-silent' AS finding, l.units, ARRAY['unit/' || replace(l.commune, ':', '.')] AS subjects,
       day_of(l.receipt) AS since, jsonb_build_object('latest_receipt', moment(l.receipt)) AS detail,
       (SELECT array_agg(e.id)
        FROM communes c JOIN events e ON e.stream = c.stream AND e.received = l.receipt
        WHERE c.commune = l.commune AND c.latest_receipt = l.receipt) AS events
FROM latest l;

CREATE VIEW latest_surveys AS
SELECT DISTINCT ON (f.unit, f.subject) f.unit, f.subject, split_part(f.subject, '/', 2) AS code, f.instant, f.data,
       f.root_id, f.revision_id
FROM standing_facts f
WHERE f.type = 'household.surveyed'
ORDER BY f.unit, f.subject, f.instant DESC, f.root_source COLLATE "C" DESC, f.root_seq DESC;
COMMENT ON VIEW latest_surveys IS 'The survey of each household that decides.';

CREATE VIEW finding_register_differs AS
SELECT 'register-differs' AS finding, ARRAY[s.unit] AS units, ARRAY[s.subject] AS subjects, day_of(s.instant) AS since,
       jsonb_build_object('surveyed', jsonb_build_array(s.data -> 'household_class', s.data -> 'needs_telecom'),
                          'registered', jsonb_build_array(r.class, r.need)) AS detail,
       behind(ARRAY[s.root_id], ARRAY[s.revision_id]) AS events
FROM latest_surveys s
JOIN register_entries r ON r.code = s.code AND r.kind = 'household'
    AND r.valid_from <= day_of(s.instant) AND (r.valid_until IS NULL OR day_of(s.instant) < r.valid_until)
WHERE r.class <> s.data ->> 'household_class' OR r.need <> (s.data ->> 'needs_telecom')::boolean;

CREATE VIEW finding_not_in_register AS
SELECT 'not-in-register' AS finding, ARRAY[s.unit] AS units, ARRAY[s.subject] AS subjects, day_of(s.instant) AS since,
       jsonb_build_object('surveyed', jsonb_build_array(s.data -> 'household_class', s.data -> 'needs_telecom'))
       AS detail,
       behind(ARRAY[s.root_id], ARRAY[s.revision_id]) AS events
FROM latest_surveys s
WHERE s.unit IN (SELECT e.unit FROM register_entries e WHERE e.kind = 'household')
  AND NOT EXISTS (SELECT FROM register_entries e WHERE e.code = s.code);

CREATE VIEW finding_two_units AS
WITH known AS (
    SELECT unit, code, array_agg(root_id) AS roots, array_agg(revision_id) AS revisions, max(day) AS day
    FROM (
        SELECT r.unit, r.code, NULL::uuid AS root_id, NULL::uuid AS revision_id, r.valid_from AS day
        FROM register_entries r
        WHERE r.kind = 'household'
        UNION ALL
        SELECT s.unit, s.code, s.root_id, s.revision_id, day_of(s.instant) FROM latest_surveys s
    ) AS named
    GROUP BY 1, 2
)
SELECT 'household-in-two-units' AS finding, ARRAY[a.unit, b.unit] AS units,
       ARRAY['household/' || a.code, 'household/' || b.code] AS subjects, greatest(a.day, b.day) AS since,
       jsonb_build_object('code', right(a.code, 6)) AS detail,
       behind(a.roots || b.roots, a.revisions || b.revisions) AS events
FROM known a
JOIN units ua ON ua.id = a.unit
JOIN units ub ON ub.commune = ua.commune AND ub.vintage > ua.vintage
JOIN known b ON b.unit = ub.id AND right(b.code, 6) = right(a.code, 6);

CREATE VIEW finding_carried AS
SELECT 'carried-original-differs' AS finding, ARRAY[unit] AS units, ARRAY[root_subject] AS subjects,
       day_of(root_instant) AS since, jsonb_build_object('root', root_type, 'carried', carried_type) AS detail,
       ARRAY[root_id, revision_id] AS events
FROM carried_differs;

CREATE VIEW findings AS
SELECT * FROM finding_equipment
UNION ALL SELECT * FROM finding_other_fund
UNION ALL SELECT * FROM finding_kit
UNION ALL SELECT * FROM finding_second_phone
UNION ALL SELECT * FROM finding_roster
UNION ALL SELECT * FROM finding_unconnected
UNION ALL SELECT * FROM finding_silent
UNION ALL SELECT * FROM finding_register_differs
UNION ALL SELECT * FROM finding_not_in_register
UNION ALL SELECT * FROM finding_two_units
UNION ALL SELECT * FROM finding_carried;
COMMENT ON VIEW findings IS
    'What somebody should look at, as of now: `since` is the day from which it holds, so for a point that is not '
    'connected or a commune that is silent the reader chooses after how many days it matters. Reads every event.';
