-- What a point's or a device's latest fact up to a day says: connections by their funding, devices by their state, and
-- points by how far they have their kits.
SELECT CASE WHEN measure = 'devices_working' THEN measure
            WHEN kind <> '' AND CAST(nullif(kind, '') AS date) >= CAST(:day AS date) THEN 'points_funded'
            ELSE 'points_expired' END AS name, unit, sum(value)::bigint AS value
FROM steps_between(CAST(:units AS text[]), ARRAY['points_connected_until', 'devices_working'], NULL, :last)
GROUP BY 1, 2
UNION ALL
SELECT 'kits_' || kind, unit, value
FROM steps_between(CAST(:units AS text[]), ARRAY['points_kit'], NULL, CAST(:day AS date))
