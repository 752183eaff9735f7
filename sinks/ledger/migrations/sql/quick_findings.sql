-- Findings of the whole country: the planner takes what it joins for a few rows, and would look at each pair of them.

-- The same rows as before; each stream is asked for its own latest event, in place of all streams for each commune.
CREATE OR REPLACE VIEW finding_silent AS
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
       array_agg(e.id) FILTER (WHERE e.id IS NOT NULL) AS events
FROM latest l
JOIN communes c ON c.commune = l.commune AND c.latest_receipt = l.receipt
LEFT JOIN LATERAL unnest(
    ARRAY(SELECT e.id FROM events e WHERE e.stream = c.stream AND e.received = l.receipt)
) AS e (id) ON true
GROUP BY l.commune, l.units, l.receipt;

ALTER FUNCTION dashboards.findings_of(text) SET enable_nestloop = off;
