-- An instant in ms as a timestamp, for people; one that clients' dates cannot hold is the last that they can.
CREATE OR REPLACE FUNCTION moment(instant bigint) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_timestamp(CASE WHEN instant > 253402275599999 THEN 253402275599999 ELSE instant END / 1000.0);
