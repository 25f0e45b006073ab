-- SPDX-License-Identifier: Apache-2.0
-- Verify pledge:version on pg
BEGIN;

SELECT 'pledge.content_field(text)'::regprocedure;
SELECT 'pledge.content_line(text[])'::regprocedure;
SELECT 'pledge.version_content(text, integer)'::regprocedure;
SELECT 'pledge.outcome_violations(text[], text[])'::regprocedure;
SELECT 'pledge.statement_violations(text[], text[], text[], text[], text[], text[],'
    'text[], integer[], integer[], text[])'::regprocedure;
SELECT 'pledge.lineage_violations(integer, text[], text[], text[], text[], text[],'
    'text[])'::regprocedure;
SELECT 'pledge.version_write_parts(text, integer, text[], text[], text[], text[], text[], text[],'
    'text[], text[], text[], text[], text[], text[], text[], integer[], integer[],'
    'text[])'::regprocedure;
SELECT 'pledge.version_create(text, text, text, text, text[], text[], text[], text[], text[],'
    'text[], text[], text[], text[], text[], text[], text[], integer[], integer[],'
    'text[])'::regprocedure;
SELECT 'pledge.version_lock(text, integer, text, text, text)'::regprocedure;
SELECT 'pledge.version_update(text, text, text, text, text[], text[], text[], text[], text[],'
    'text[], text[], text[], text[], text[], text[], text[], text, text[], integer[],'
    'integer[], text[])'::regprocedure;
SELECT 'pledge.version_gaps(text, integer)'::regprocedure;
SELECT 'pledge.lineage_gaps(text, integer)'::regprocedure;
SELECT 'pledge.version_adopt(text, text, text, date, text)'::regprocedure;
SELECT 'pledge.compare_base(text, integer, integer)'::regprocedure;
SELECT 'pledge.compare_versions(text, integer, integer)'::regprocedure;
SELECT 'pledge.word_changes(text, text)'::regprocedure;

ROLLBACK;
