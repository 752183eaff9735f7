INSERT INTO heard AS h (stream, events, highest, latest_event, latest_receipt)
SELECT stream, count(*), max(seq), max(instant), max(received)
FROM fresh
GROUP BY 1
ORDER BY 1
ON CONFLICT (stream) DO UPDATE SET
    events = h.events + excluded.events, highest = greatest(h.highest, excluded.highest),
    latest_event = greatest(h.latest_event, excluded.latest_event),
    latest_receipt = greatest(h.latest_receipt, excluded.latest_receipt)
