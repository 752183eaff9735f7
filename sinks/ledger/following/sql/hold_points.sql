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
           type = 'device.installed' OR (data ->> 'fault') IS NOT DISTINCT FROM 'repaired' AS works,
           lead(instant) OVER (PARTITION BY subject, data ->> 'maker', data ->> 'serial' ORDER BY instant, type) AS until
    FROM facts
    WHERE standing AND type LIKE 'device.%'
), devices AS (
    SELECT subject, unit, works, day, lead(day) OVER (PARTITION BY subject, maker, serial ORDER BY day) AS ended
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
    JOIN life state ON state.subject = earlier.subject AND state.maker = earlier.maker AND state.serial = earlier.serial
        AND state.works AND later.instant >= state.instant AND later.instant < coalesce(state.until, later.instant + 1)
    WHERE later.type = 'device.installed' AND earlier.type = 'device.installed'
)
SELECT 'point', subject, unit, 'points_connected_until', coalesce(expires, ''), day,
       lead(day) OVER (PARTITION BY subject ORDER BY day), 1
FROM connections
UNION ALL
SELECT 'point', subject, unit, 'devices_working', '', day, ended, 1 FROM devices WHERE works
UNION ALL
SELECT 'point', subject, unit, 'double-funded-device', '', day, NULL, 1 FROM doubles
