-- SPDX-License-Identifier: Apache-2.0
-- Commitments made to a statement are owed to what became of it.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

-- Version 1 has statements 1 to 3. Version 2: 1 and 2 become one, 3 is dropped, "new" is new.
CREATE FUNCTION pg_temp.next(p_id text, p_ids text, p_texts text, p_froms text, p_tos text, p_changes text)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    n int := cardinality(p_ids::text[]);
BEGIN
    PERFORM version_create('promise', p_id, 'Next', '', '{all}', '{All}', p_ids::text[],
        array_fill('all'::text, ARRAY[n]), array_fill('Title'::text, ARRAY[n]), p_texts::text[],
        array_fill(''::text, ARRAY[n]), array_fill(''::text, ARRAY[n]), p_froms::text[], p_tos::text[],
        p_changes::text[], array_fill('Because'::text, ARRAY[cardinality(p_froms::text[])]));
END
$$;
CREATE FUNCTION pg_temp.adopt(p_id text) RETURNS void LANGUAGE sql AS $$
    SELECT version_adopt('promise', p_id, pg_temp.etag_of('promise', p_id::int), '2016-01-26', 'panel')
$$;
CREATE FUNCTION pg_temp.owed(p_number int) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT concat_ws(' ', w.commitment_id, w.owner_id, w.statement_id) FROM version_owed AS w
                  WHERE w.authority_id = app_authority() AND w.version_number = p_number ORDER BY 1)
$$;
SELECT pg_temp.commit_to('both', 'housing', '{1,2}');
SELECT pg_temp.commit_to('second', 'learning', '{2}');
SELECT pg_temp.commit_to('third', 'police', '{3}');
SELECT pg_temp.next('2', '{a,new}', '{Merged,New}', '{1,2,3,""}', '{a,a,"",new}', '{merged,merged,dropped,new}');
SELECT is(pg_temp.owed(2), '{}', 'a draft asks for nothing');
SELECT pg_temp.adopt('2');
SELECT is(pg_temp.owed(2), '{"both housing a","second learning a"}',
          'each commitment once under what its statements became; what was dropped asks no more');
SELECT is(pg_temp.owed(1), '{"both housing 1","both housing 2","second learning 2","third police 3"}',
          'the version before asks as it did');

SELECT pg_temp.commit_to('late', 'police', '{1}');
SELECT is(pg_temp.owed(2), '{"both housing a","late police a","second learning a"}',
          'one made to the earlier version later catches up');
SELECT pg_temp.next('3', '{x,y,new}', '{Half,Other half,New}', '{a,a,new}', '{x,y,new}', '{split,split,kept}');
SELECT pg_temp.adopt('3');
SELECT is(pg_temp.owed(3), '{"both housing x","both housing y","late police x","late police y",'
          '"second learning x","second learning y"}', 'over two steps, to both halves');
SELECT pg_temp.commit_to('later', 'learning', '{2}');
SELECT is((SELECT array_agg(statement_id ORDER BY statement_id) FROM commitment_carried
            WHERE commitment_id = 'later'), '{a,x,y}', 'a late one catches up with all versions');

UPDATE commitment SET withdrawn = true WHERE commitment_id IN ('late', 'later', 'second');
SELECT is(pg_temp.owed(3), '{"both housing x","both housing y"}', 'what is withdrawn is not owed');
UPDATE commitment_statement SET ended_at = now() WHERE commitment_id = 'both' AND statement_id = '1';
SELECT is(pg_temp.owed(3), '{"both housing x","both housing y"}', 'one way there is enough');
UPDATE commitment_statement SET ended_at = now() WHERE commitment_id = 'both' AND statement_id = '2';
SELECT is(pg_temp.owed(3), '{}', 'without any it ends');
SELECT throws_ok('DELETE FROM commitment_carried', '42501', NULL, 'what was carried stays on record');

SELECT * FROM finish();
ROLLBACK;
