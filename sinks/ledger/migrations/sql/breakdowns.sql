-- What reports ask for besides the live counters: facts by another of their fields, and how many there are on a day.

CREATE OR REPLACE VIEW sum_rules (type, measure, kind_field, amount_field, live) AS VALUES
    ('point.activity-held', 'point_activities', 'topic', NULL, true),
    ('point.activity-held', 'point_visits', 'topic', 'visitors', true),
    ('device.installed', 'devices_installed', 'kind', NULL, true),
    ('device.faulted', 'device_faults', 'kind', NULL, true),
    ('device.removed', 'devices_removed', 'kind', NULL, true),
    ('training.attended', 'training_attendances', NULL, NULL, true),
    ('leaflet.distributed', 'leaflets', NULL, NULL, true),
    ('media.delivered', 'media_delivered', 'kind', NULL, true),
    ('smartphone.handed-out', 'smartphones_handed_out', 'recipient', NULL, true),
    ('sim.handed-out', 'sims_handed_out', 'recipient', NULL, true),
    ('card.issued', 'cards_issued', 'bank', NULL, true),
    ('account.opened', 'accounts_opened', 'bank', NULL, true),
    ('contribution.received', 'contributions_vnd', 'purpose', 'amount', true),
    ('support.delivered', 'support_delivered_vnd', 'purpose', 'value', true),
    ('point.activity-held', 'point_activities_by_language', 'language', NULL, false),
    ('point.activity-held', 'point_activities_by_activity', 'activity', NULL, false),
    ('media.delivered', 'media_delivered_by_language', 'language', NULL, false),
    ('device.installed', 'devices_installed_by_funding', 'funding', NULL, false),
    ('smartphone.handed-out', 'smartphones_handed_out_by_funding', 'funding', NULL, false),
    ('contribution.received', 'contributions_vnd_by_giver', 'giver', 'amount', false),
    ('point.approved', 'facts', NULL, NULL, false),
    ('point.site-checked', 'facts', NULL, NULL, false),
    ('point.connected', 'facts', NULL, NULL, false),
    ('point.activity-held', 'facts', NULL, NULL, false),
    ('device.installed', 'facts', NULL, NULL, false),
    ('device.faulted', 'facts', NULL, NULL, false),
    ('device.removed', 'facts', NULL, NULL, false),
    ('training.session-held', 'facts', NULL, NULL, false),
    ('training.attended', 'facts', NULL, NULL, false),
    ('outreach.session-held', 'facts', NULL, NULL, false),
    ('leaflet.distributed', 'facts', NULL, NULL, false),
    ('media.delivered', 'facts', NULL, NULL, false),
    ('smartphone.handed-out', 'facts', NULL, NULL, false),
    ('sim.handed-out', 'facts', NULL, NULL, false),
    ('card.issued', 'facts', NULL, NULL, false),
    ('account.opened', 'facts', NULL, NULL, false),
    ('contribution.received', 'facts', NULL, NULL, false),
    ('support.delivered', 'facts', NULL, NULL, false),
    ('household.surveyed', 'facts', NULL, NULL, false);
COMMENT ON COLUMN sum_rules.live IS 'Whether the counter counts it too; what it does not is for reports alone.';

CREATE OR REPLACE VIEW presence_rules (type, measure, kind_field, whom_field, live) AS VALUES
    ('point.approved', 'points_approved', 'host', NULL, true),
    ('point.site-checked', 'points_suitable', NULL, NULL, true),
    ('point.connected', 'points_connected', NULL, NULL, true),
    ('training.session-held', 'training_sessions', 'topic', NULL, true),
    ('outreach.session-held', 'outreach_sessions', 'topic', NULL, true),
    ('leaflet.distributed', 'households_with_leaflet', NULL, NULL, true),
    ('media.delivered', 'households_with_media', NULL, NULL, true),
    ('smartphone.handed-out', 'households_given_smartphone', NULL, NULL, true),
    ('sim.handed-out', 'households_given_sim', NULL, NULL, true),
    ('card.issued', 'households_with_card', NULL, NULL, true),
    ('account.opened', 'households_with_account', NULL, NULL, true),
    ('outreach.session-held', 'outreach_rounds', NULL, 'round', true),
    ('training.attended', 'households_trained', NULL, 'household', true),
    ('point.connected', 'points_connected_by_funding', 'funding', NULL, false),
    ('training.session-held', 'training_sessions_by_language', 'language', NULL, false),
    ('outreach.session-held', 'outreach_sessions_by_language', 'language', NULL, false);
COMMENT ON COLUMN presence_rules.live IS 'As in `sum_rules`; union measures are left out by their whom_field.';

CREATE OR REPLACE FUNCTION ledger_counters_at(units text[], positions bigint[][]) RETURNS TABLE (
    unit text, measure text, kind text, value bigint)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 1000
SET jit = off -- compiling this would take longer than answering
BEGIN ATOMIC
    WITH facts AS MATERIALIZED (
        SELECT * FROM facts_at(units, positions)
    ), sums AS (
        SELECT f.unit, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind,
               sum(f.sign * coalesce((f.data ->> r.amount_field)::bigint, 1))::bigint AS value
        FROM facts f JOIN sum_rules r ON r.type = f.type AND r.live
        GROUP BY 1, 2, 3
    ), present AS (
        SELECT f.unit, r.measure, coalesce(f.data ->> r.kind_field, '') AS kind
        FROM facts f JOIN presence_rules r ON r.type = f.type AND r.live
        WHERE r.whom_field IS NULL
        GROUP BY 1, 2, 3, present(r.measure, r.whom_field, f.subject, f.data)
        HAVING present(r.measure, r.whom_field, f.subject, f.data) IS NOT NULL AND sum(f.sign) > 0
    ), sessions AS ( -- the larger of headcount and roster, never their sum
        SELECT f.unit, split_part(f.type, '.', 1) || '_reach' AS measure,
               greatest(max((f.data ->> 'headcount')::bigint), count(DISTINCT f.data ->> 'attendee')) AS people
        FROM facts f
        WHERE f.standing AND f.type IN ('training.session-held', 'training.attended', 'outreach.session-held')
        GROUP BY 1, 2, f.subject
    ), surveys AS (
        SELECT DISTINCT ON (f.unit, f.subject) f.unit, f.subject, f.instant, f.data ->> 'household_class' AS class,
               (f.data ->> 'needs_telecom')::boolean AS needs, (f.data ->> 'has_telecom')::boolean AS has,
               (f.data ->> 'owns_smartphone')::boolean AS owns, (f.data ->> 'has_internet')::boolean AS internet
        FROM facts f
        WHERE f.standing AND f.type = 'household.surveyed'
        ORDER BY f.unit, f.subject, f.instant DESC, f.root_source COLLATE "C" DESC, f.root_seq DESC
    ), phones AS (
        SELECT given.unit, given.subject, max(given.instant) AS latest
        FROM (
            SELECT f.unit, f.subject, f.instant
            FROM facts f
            WHERE f.type = 'smartphone.handed-out'
            GROUP BY 1, 2, 3
            HAVING sum(f.sign) > 0
        ) AS given
        GROUP BY 1, 2
    ), figures (unit, measure, kind, value) AS (
        SELECT unit, measure, kind, value FROM sums
        UNION ALL
        SELECT unit, measure, kind, count(*) FROM present GROUP BY 1, 2, 3
        UNION ALL
        SELECT unit, measure, '', sum(people)::bigint FROM sessions GROUP BY 1, 2
        UNION ALL
        SELECT unit, 'households_surveyed', '', count(*) FROM surveys GROUP BY 1
        UNION ALL
        SELECT unit, 'households_in_need', class, count(*) FROM surveys WHERE needs GROUP BY 1, 3
        UNION ALL
        SELECT unit, 'households_in_need_with_access', class, count(*) FROM surveys WHERE needs AND has GROUP BY 1, 3
        UNION ALL
        SELECT unit, 'households_connected', '', count(*) FROM surveys WHERE owns AND internet GROUP BY 1
        UNION ALL
        SELECT unit, 'households_with_smartphone', '', count(*)
        FROM surveys s FULL JOIN phones p USING (unit, subject)
        WHERE s.owns OR p.latest > coalesce(s.instant, p.latest - 1)
        GROUP BY 1
    )
    SELECT unit, measure, kind, value FROM figures WHERE value > 0;
END;

CREATE OR REPLACE VIEW dashboards.days AS
SELECT d.province, d.commune, d.day, m.name AS measure, m.title_vi, m.title_en, sum(d.value) AS value
FROM day_figures d
JOIN measures m ON m.name = d.measure
WHERE EXISTS (SELECT FROM sum_rules r WHERE r.measure = d.measure AND r.live)
GROUP BY 1, 2, 3, 4, 5, 6;

-- A point's approval says by which list its devices are judged.
CREATE OR REPLACE VIEW kept_families (type, family) AS VALUES
    ('household.surveyed', 'household'),
    ('smartphone.handed-out', 'household'),
    ('training.session-held', 'session'),
    ('training.attended', 'session'),
    ('outreach.session-held', 'session'),
    ('point.approved', 'point'),
    ('point.connected', 'point'),
    ('device.installed', 'point'),
    ('device.faulted', 'point'),
    ('device.removed', 'point');

-- Of what has come already.
INSERT INTO per_day (unit, day, measure, kind, value)
SELECT f.unit, day_of(f.instant), r.measure, coalesce(f.data ->> r.kind_field, ''),
       sum(f.sign * coalesce((f.data ->> r.amount_field)::bigint, 1))
FROM facts_at(NULL, NULL) f JOIN sum_rules r ON r.type = f.type AND NOT r.live
GROUP BY 1, 2, 3, 4;
INSERT INTO presence (unit, measure, kind, subject, day, standing)
SELECT f.unit, r.measure, f.data ->> r.kind_field, f.subject, day_of(f.instant), sum(f.sign)
FROM facts_at(NULL, NULL) f JOIN presence_rules r ON r.type = f.type AND NOT r.live
GROUP BY 1, 2, 3, 4, 5;
TRUNCATE followed, revised, heard_from, subject_roots, subject_steps, steps, per_month;
INSERT INTO revised SELECT * FROM revision_effects;
