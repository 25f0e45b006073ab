-- SPDX-License-Identifier: Apache-2.0
-- Revert pledge:version from pg
BEGIN;

DROP FUNCTION pledge.word_changes(text, text);
DROP FUNCTION pledge.compare_versions(text, integer, integer);
DROP FUNCTION pledge.compare_base(text, integer, integer);
DROP FUNCTION pledge.version_adopt(text, text, text, date, text);
DROP FUNCTION pledge.lineage_gaps(text, integer);
DROP FUNCTION pledge.version_gaps(text, integer);
DROP FUNCTION pledge.version_update(text, text, text, text, text[], text[], text[], text[],
    text[], text[], text[], text[], text[], text[], text[], text[], text, text[], integer[], integer[],
    text[]);
DROP FUNCTION pledge.version_lock(text, integer, text, text, text);
DROP FUNCTION pledge.version_create(text, text, text, text, text[], text[], text[], text[],
    text[], text[], text[], text[], text[], text[], text[], text[], integer[], integer[], text[]);
DROP FUNCTION pledge.version_write_parts(text, integer, text[], text[], text[], text[], text[],
    text[], text[], text[], text[], text[], text[], text[], text[], integer[], integer[], text[]);
DROP FUNCTION pledge.lineage_violations(integer, text[], text[], text[], text[], text[], text[]);
DROP FUNCTION pledge.statement_violations(text[], text[], text[], text[], text[], text[], text[],
    integer[], integer[], text[]);
DROP FUNCTION pledge.outcome_violations(text[], text[]);
DROP FUNCTION pledge.version_content(text, integer);
DROP FUNCTION pledge.content_line(text[]);
DROP FUNCTION pledge.content_field(text);

COMMIT;
