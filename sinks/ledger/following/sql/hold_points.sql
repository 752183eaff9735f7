-- A point's latest connection, by the day on which its funding ends; its working devices; and the finding of a device
-- that was bought though one from another fund works there, as `finding_other_fund` has it.
INSERT INTO holding (family, subject, unit, measure, kind, day, until, value)
WITH connections AS (
    SELECT DISTINCT ON (subject, day_of(instant)) unit, subject, day_of(instant) AS day, data ->> 'expires' AS expires
    FROM facts
    WHERE standing AND type = 'point.connected'
    ORDER BY subject, day_of(instant), instant DESC, root_source COLLATE "C" DESC, root_seq DESC
), life AS (
    SELECT unit, subject, type, instant, id, day_of(instant) AS day, data ->> 'maker' AS maker, data ->> 'serial' AS serial,
           data ->> 'kind' AS kind, data ->> 'funding' AS funding,
           type = 'device.installed' OR (data ->> 'fault') IS NOT DISTINCT FROM 'repaired' AS works
    FROM facts
    WHERE standing AND type LIKE 'device.%'
), devices AS (
    SELECT *, lead(day) OVER (PARTITION BY subject, maker, serial ORDER BY day) AS until
    FROM (
        SELECT DISTINCT ON (subject, maker, serial, day) * FROM life
        ORDER BY subject, maker, serial, day, instant DESC, type DESC
    ) AS latest
), doubles AS (
    SELECT later.subject, later.unit, later.day
    FROM life later
    JOIN life earlier ON earlier.subject = later.subject AND earlier.kind = later.kind
        AND earlier.funding <> later.funding AND (earlier.instant, earlier.id) < (later.instant, later.id)
        AND (earlier.maker, earlier.serial) <> (later.maker, later.serial)
    WHERE later.type = 'device.installed' AND earlier.type = 'device.installed' AND (
        SELECT l.works
        FROM life l
        WHERE l.subject = earlier.subject AND l.maker = earlier.maker AND l.serial = earlier.serial
          AND l.instant <= later.instant
        ORDER BY l.instant DESC, l.type DESC
        LIMIT 1)
)
SELECT 'point', subject, unit, 'points_connected_until', coalesce(expires, ''), day,
       lead(day) OVER (PARTITION BY subject ORDER BY day), 1
FROM connections
UNION ALL
SELECT 'point', subject, unit, 'devices_working', '', day, until, 1 FROM devices WHERE works
UNION ALL
SELECT 'point', subject, unit, 'double-funded-device', '', day, NULL, 1 FROM doubles
