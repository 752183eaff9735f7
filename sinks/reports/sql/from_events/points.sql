-- What a point's or a device's latest fact up to a day says: connections by their funding, devices by their state.
WITH connections AS (
    SELECT DISTINCT ON (f.subject) f.unit, (f.data ->> 'expires')::date >= CAST(:day AS date) AS funded
    FROM standing_facts f
    WHERE f.type = 'point.connected' AND f.unit = ANY (CAST(:units AS text[])) AND f.instant <= :before
    ORDER BY f.subject, f.instant DESC, f.root_source COLLATE "C" DESC, f.root_seq DESC
), devices AS (
    SELECT DISTINCT ON (f.subject, f.data ->> 'maker', f.data ->> 'serial')
           f.unit, f.type = 'device.installed' OR (f.data ->> 'fault') IS NOT DISTINCT FROM 'repaired' AS working
    FROM standing_facts f
    WHERE f.type IN ('device.installed', 'device.faulted', 'device.removed')
      AND f.unit = ANY (CAST(:units AS text[])) AND f.instant <= :before
    ORDER BY f.subject, f.data ->> 'maker', f.data ->> 'serial', f.instant DESC, f.type DESC
)
SELECT CASE WHEN funded THEN 'points_funded' ELSE 'points_expired' END AS name, unit, count(*) AS value
FROM connections
GROUP BY 1, 2
UNION ALL
SELECT 'devices_working', unit, count(*) FROM devices WHERE working GROUP BY 2
