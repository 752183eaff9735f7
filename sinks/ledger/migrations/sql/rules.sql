-- What a fact counts (programme.md, "Field events and what they count"), written here for SQL on its own.

CREATE VIEW sum_rules (type, measure, kind_field, amount_field) AS VALUES
    ('point.activity-held', 'point_activities', 'topic', NULL),
    ('point.activity-held', 'point_visits', 'topic', 'visitors'),
    ('device.installed', 'devices_installed', 'kind', NULL),
    ('device.faulted', 'device_faults', 'kind', NULL),
    ('device.removed', 'devices_removed', 'kind', NULL),
    ('training.attended', 'training_attendances', NULL, NULL),
    ('leaflet.distributed', 'leaflets', NULL, NULL),
    ('media.delivered', 'media_delivered', 'kind', NULL),
    ('smartphone.handed-out', 'smartphones_handed_out', 'recipient', NULL),
    ('sim.handed-out', 'sims_handed_out', 'recipient', NULL),
    ('card.issued', 'cards_issued', 'bank', NULL),
    ('account.opened', 'accounts_opened', 'bank', NULL),
    ('contribution.received', 'contributions_vnd', 'purpose', 'amount'),
    ('support.delivered', 'support_delivered_vnd', 'purpose', 'value');
COMMENT ON VIEW sum_rules IS
    'Sum measures: a fact of the type adds the number in amount_field (1 without one) to the kind in kind_field.';

CREATE VIEW presence_rules (type, measure, kind_field, whom_field) AS VALUES
    ('point.approved', 'points_approved', 'host', NULL),
    ('point.site-checked', 'points_suitable', NULL, NULL),
    ('point.connected', 'points_connected', NULL, NULL),
    ('training.session-held', 'training_sessions', 'topic', NULL),
    ('outreach.session-held', 'outreach_sessions', 'topic', NULL),
    ('leaflet.distributed', 'households_with_leaflet', NULL, NULL),
    ('media.delivered', 'households_with_media', NULL, NULL),
    ('smartphone.handed-out', 'households_given_smartphone', NULL, NULL),
    ('sim.handed-out', 'households_given_sim', NULL, NULL),
    ('card.issued', 'households_with_card', NULL, NULL),
    ('account.opened', 'households_with_account', NULL, NULL),
    ('outreach.session-held', 'outreach_rounds', NULL, 'round'),
    ('training.attended', 'households_trained', NULL, 'household');
COMMENT ON VIEW presence_rules IS
    'Distinct and union measures: a fact of the type makes its subject (or whom whom_field names) present.';

-- Whom a fact makes present under a measure; null when it makes nobody present.
CREATE FUNCTION present(measure text, whom_field text, subject text, data jsonb) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE measure
    WHEN 'points_suitable' THEN CASE WHEN
        (data ->> 'solid_house')::boolean AND (data ->> 'works_exist')::boolean AND (data ->> 'easy_to_reach')::boolean
        THEN subject END
    WHEN 'households_with_media' THEN CASE WHEN subject LIKE 'household/%' THEN subject END
    -- An attendee is a household's code and a member's number, or a number within the session.
    WHEN 'households_trained' THEN
        coalesce(data ->> whom_field, CASE WHEN data ->> 'attendee' LIKE '%/%' THEN split_part(data ->> 'attendee', '/', 1) END)
    ELSE CASE WHEN whom_field IS NULL THEN subject ELSE data ->> whom_field END
END;

-- The date at +07:00 of an instant in ms; the year 1 begins 62135596800 s before 1970.
CREATE FUNCTION day_of(instant bigint) RETURNS date
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN date '0001-01-01' + ((instant + 62135596800000 + 25200000) / 86400000)::integer;

-- An instant in ms as a timestamp, for people.
CREATE FUNCTION moment(instant bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_timestamp(instant / 1000.0);
