-- How it stands with each rejected event (schemas.repair.Standing says the same of the log).

CREATE VIEW rejected_standing AS
WITH mending AS (
    SELECT DISTINCT ON (a.subject) a.subject, a.id, a.decided, a.type, a.value::jsonb AS value
    FROM office_actions a
    WHERE a.type IN ('rejected.fixed', 'rejected.replayed')
    ORDER BY a.subject, a.log_offset
), dropping AS (
    SELECT DISTINCT ON (a.subject) a.subject, a.id, a.decided, a.type, a.value::jsonb AS value
    FROM office_actions a
    WHERE a.type = 'rejected.dropped'
    ORDER BY a.subject, a.log_offset
), sent AS (
    SELECT DISTINCT a.subject, a.value::jsonb #>> '{data,decision}' AS decision
    FROM office_actions a
    WHERE a.type = 'rejected.sent'
), again AS (  -- what was sent for an event, and rejected itself, says so in a header (in base64)
    SELECT DISTINCT ON (h.header ->> 1) h.header ->> 1 AS mends, concat_ws(':', r.topic, r.partition, r.log_offset) AS origin
    FROM rejected r, jsonb_array_elements(r.headers) AS h (header)
    WHERE h.header ->> 0 = 'fieldtally.mends'
    ORDER BY h.header ->> 1, r.published
)
SELECT r.topic, r.partition, r.log_offset, r.reason, r.path, r.rule, r.origin, moment(r.published) AS since,
       CASE WHEN again.origin IS NOT NULL THEN 'again'
            WHEN sent.decision IS NOT NULL OR r.returned IS NOT NULL THEN 'mended'
            WHEN mending.id IS NOT NULL THEN 'begun'
            WHEN dropping.id IS NOT NULL THEN 'dropped'
            ELSE 'open' END AS standing,
       again.origin AS again, coalesce(mending.type, dropping.type) AS decision,
       coalesce(mending.value, dropping.value) #>> '{data,why}' AS why,
       coalesce(mending.value, dropping.value) ->> 'operator' AS operator,
       moment(coalesce(mending.decided, dropping.decided)) AS decided
FROM (SELECT *, concat_ws(':', topic, partition, log_offset) AS origin FROM rejected) AS r
LEFT JOIN mending ON mending.subject = 'rejected/' || r.origin
LEFT JOIN dropping ON dropping.subject = 'rejected/' || r.origin
LEFT JOIN sent ON sent.subject = 'rejected/' || r.origin AND sent.decision = mending.id::text
LEFT JOIN again ON again.mends = replace(encode(convert_to(r.origin, 'UTF8'), 'base64'), E'\n', '');
COMMENT ON VIEW rejected_standing IS
    'Each rejected event without its bytes: open, begun (decided, not known to be sent), mended (sent, or returned by '
    'the counter), again (sent and rejected again) or dropped; by whom and why.';
