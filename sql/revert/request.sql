-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:request from pg
BEGIN;

DROP FUNCTION pledge.request_time(text);
DROP FUNCTION pledge.request_begin(uuid, text, bytea);
DROP TABLE pledge.request;

COMMIT;
