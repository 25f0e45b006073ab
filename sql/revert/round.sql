-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:round from pg
BEGIN;

DROP FUNCTION pledge.round_close(text, text);
DROP FUNCTION pledge.round_extend(text, text, date, text);
DROP FUNCTION pledge.round_update(text, text, date, date, date, date, date, text, text[]);
DROP FUNCTION pledge.round_lock(text, text, text, text);
DROP FUNCTION pledge.round_create(text, text, text, text, date, date, date, date, date);
DROP FUNCTION pledge.round_owed_on(text, date, date);
DROP FUNCTION pledge.is_closed_on(timestamp with time zone, date, date);
DROP VIEW pledge.round_owed;
DROP VIEW pledge.version_owed;
DROP VIEW pledge.round_resource;
DROP FUNCTION pledge.round_state(date, date, date, timestamp with time zone, date);
DROP VIEW pledge.round_extended;
DROP TABLE pledge.round_extension;
DROP TABLE pledge.round_standing;
DROP TABLE pledge.round_commitment;
DROP TABLE pledge.round;

COMMIT;
