CREATE OR REPLACE VIEW rejection_differs AS
SELECT topic, partition, log_offset, u.reason AS ledger_reason, r.reason AS counter_reason
FROM (SELECT * FROM uncounted WHERE reason <> 'duplicate') u
FULL JOIN (SELECT * FROM rejected WHERE topic NOT LIKE 'gateway.%') r USING (topic, partition, log_offset)
WHERE u.reason IS DISTINCT FROM r.reason;
COMMENT ON VIEW rejection_differs IS
    'Records that ledger and counter judged differently: the counter is behind for a moment, or a conflict is older '
    'than it can tell (counter_reason null), or the map or the version changed between them. What the gateway set '
    'aside was in no log and is left out.';
