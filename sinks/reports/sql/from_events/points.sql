-- What a point's or a device's latest fact up to a day says: connections by their funding, devices by their state, and
-- points by how far they have their kits.
SELECT name, unit, sum(value)::bigint AS value
FROM points_by_subject(CAST(:units AS text[]), :before, CAST(:day AS date))
GROUP BY 1, 2
