INSERT INTO facts
SELECT * FROM stated((SELECT array_agg(DISTINCT t.subject) FROM touched t WHERE t.family IN ('household', 'session', 'point')))
