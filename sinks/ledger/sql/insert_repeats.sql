INSERT INTO uncounted (topic, partition, log_offset, reason, unit, source, seq, id)
SELECT n.topic, n.partition, n.log_offset, CASE WHEN e.id = n.id THEN 'duplicate' ELSE 'conflict' END,
       n.unit, n.source, n.seq, n.id
FROM staged n
JOIN streams s ON s.unit = n.unit AND s.topic = n.topic AND s.source = n.source
JOIN events e ON e.stream = s.id AND e.seq = n.seq
WHERE e.log_offset <> n.log_offset
