INSERT INTO streams (source, topic, unit, partition)
SELECT named.source, named.topic, named.unit, named.partition
FROM (
    SELECT source, topic, unit, partition FROM staged
    UNION
    SELECT root_source, topic, unit, partition FROM staged WHERE root_source IS NOT NULL
) AS named
WHERE NOT EXISTS (
    SELECT FROM streams s WHERE s.unit = named.unit AND s.topic = named.topic AND s.source = named.source)
ON CONFLICT DO NOTHING
