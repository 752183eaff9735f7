-- Closed periods, what restated them, and which events came after a close.

CREATE VIEW closed_periods AS
SELECT DISTINCT ON (a.subject) a.subject, a.id, moment(a.decided) AS closed,
       a.value::jsonb #>> '{data,programme}' AS programme, a.value::jsonb #>> '{data,period}' AS period,
       (a.value::jsonb #>> '{data,first}')::date AS first, (a.value::jsonb #>> '{data,last}')::date AS last,
       a.value::jsonb #>> '{data,map}' AS map, a.value::jsonb #>> '{data,map_digest}' AS map_digest,
       a.value::jsonb #>> '{data,rules}' AS rules, a.value::jsonb #>> '{data,digest}' AS digest,
       a.value::jsonb #> '{data,positions}' AS positions, a.value::jsonb #> '{data,report}' AS report
FROM office_actions a
WHERE a.type = 'period.closed'
ORDER BY a.subject, a.log_offset;
COMMENT ON VIEW closed_periods IS 'The figures of each period as they were published.';

CREATE VIEW restated_periods AS
SELECT a.subject, a.id, c.id AS restates, moment(a.decided) AS restated,
       (a.value::jsonb #>> '{data,changed}')::bigint AS changed,
       ARRAY(SELECT jsonb_array_elements_text(a.value::jsonb #> '{data,events}')::uuid) AS events,
       a.value::jsonb #> '{data,report}' AS report
FROM office_actions a
JOIN closed_periods c ON c.subject = a.subject AND c.id::text = a.value::jsonb #>> '{data,restates}'
WHERE a.type = 'period.restated';
COMMENT ON VIEW restated_periods IS 'What a closed period would be by the events that came since, and which those are.';

CREATE FUNCTION events_since(units text[], first date, last date, positions jsonb) RETURNS TABLE (
    id uuid, unit text, received bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
BEGIN ATOMIC
    SELECT e.id, s.unit, e.received
    FROM streams s
    JOIN jsonb_to_recordset(positions) AS p (topic text, partition integer, next_offset bigint)
        ON p.topic = s.topic AND p.partition = s.partition
    JOIN events e ON e.stream = s.id AND e.log_offset >= p.next_offset
    WHERE s.unit = ANY (units) AND e.part <> 'withdrawn' AND EXISTS (
        SELECT FROM (VALUES (CASE WHEN e.part = 'original' THEN e.instant END), (e.carried_instant), (e.new_instant))
            AS stated (instant)
        WHERE day_of(stated.instant) <= last AND (day_of(stated.instant) >= first OR e.type IN (
            'household.surveyed', 'smartphone.handed-out', 'point.connected', 'point.approved',
            'device.installed', 'device.faulted', 'device.removed')))
    ORDER BY e.received, e.id;
END;
COMMENT ON FUNCTION events_since IS
    'The events at or after log positions that state, carry or correct something of a period, or something before it '
    'that decides how things stood at its end.';
