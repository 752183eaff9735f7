-- What stands now, by the registers of revisions that are kept along the way: quick where `facts_at` reads everything.

CREATE VIEW standing_facts AS
SELECT s.unit, s.source AS root_source, o.seq AS root_seq, o.type, o.subject, o.instant, o.data,
       o.id AS root_id, NULL::uuid AS revision_id
FROM events o
JOIN streams s ON s.id = o.stream
WHERE o.part = 'original'
  AND NOT EXISTS (SELECT FROM registers r WHERE r.root_stream = o.stream AND r.root_seq = o.seq)
UNION ALL
SELECT s.unit, s.source, r.root_seq, w.type, w.data #>> '{new,subject}', w.new_instant, w.data #> '{new,data}',
       root.id, w.id
FROM registers r
JOIN events w ON w.stream = r.stream AND w.seq = r.seq
JOIN streams s ON s.id = r.root_stream
LEFT JOIN events root ON root.stream = r.root_stream AND root.seq = r.root_seq
WHERE w.part = 'corrected' AND (r.root_part IS NULL OR r.root_part IN ('original', 'withdrawn'));
COMMENT ON VIEW standing_facts IS
    'The one version of each root that holds now, with the ids of the events behind it: the root (null while it has '
    'not come) and the correction that won, if any.';

-- The events behind some facts.
CREATE FUNCTION behind(roots uuid[], revisions uuid[]) RETURNS uuid[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN array_remove(roots || revisions, NULL);

CREATE VIEW devices_in_place AS
SELECT unit, subject, maker, serial, kind, funding, instant, root_id, revision_id
FROM (
    SELECT DISTINCT ON (f.subject, f.data ->> 'maker', f.data ->> 'serial')
           f.unit, f.subject, f.data ->> 'maker' AS maker, f.data ->> 'serial' AS serial, f.data ->> 'kind' AS kind,
           f.data ->> 'funding' AS funding, f.type, f.instant, f.root_id, f.revision_id
    FROM standing_facts f
    WHERE f.type IN ('device.installed', 'device.removed')
    ORDER BY f.subject, f.data ->> 'maker', f.data ->> 'serial', f.instant DESC, f.type DESC
) AS latest
WHERE type = 'device.installed';
COMMENT ON VIEW devices_in_place IS 'Devices at points: installed, and not removed since.';
