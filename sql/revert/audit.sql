-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:audit from pg
BEGIN;

DROP VIEW pledge.audit_resource;
DROP POLICY change_count_definer ON pledge.change_count;
DROP FUNCTION pledge.audit_denied(text, text, text, text, bigint);
DROP FUNCTION pledge.audit_read(text, text, bytea);
DROP FUNCTION pledge.audit_write(text, text, text, bytea);
DROP FUNCTION pledge.audit_append(text, text, text, text, text, text, text, bigint, bigint, bigint,
    uuid, text);
DROP FUNCTION pledge.audit_of_unknown();
DROP FUNCTION pledge.audit_changes(text, bigint, bigint);
DROP FUNCTION pledge.audit_time(timestamptz);
DROP POLICY change_audit ON pledge.change;
DROP POLICY change_definer ON pledge.change;
DROP TABLE pledge.audit_entry;
DROP TABLE pledge.audit_head;

COMMIT;
