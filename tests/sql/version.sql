-- SPDX-License-Identifier: Apache-2.0
-- Versions: their parts, adoption, lineage, sealing, content and comparison.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

-- Adopted is adopted.
SELECT is((SELECT state FROM version WHERE version_number = 1), 'adopted', 'version 1 is adopted');
SELECT is((SELECT content_hash FROM version WHERE version_number = 1),
          encode(sha256(version_content('promise', 1)), 'hex'), 'and its hash is the content''s');
SELECT is(convert_from(version_content('promise', 1), 'UTF8'),
    E'pledge-version\t1\nauthority\tnorth\npledge\tpromise\nversion\t1\ntitle\tFirst\n'
    'outcome\thome\tHome\noutcome\tvoice\tVoice\n'
    'statement\t1\thome\tSafe\tA safe home\t\t\t0\t0\t\n'
    'statement\t2\thome\tNear\tA home nearby\t\t\t0\t0\t\n'
    'statement\t3\tvoice\tHeard\tWe listen\t\t\t0\t0\t\n', 'the content is in the form that is promised');
SELECT is(content_line(E'a\tb', E'c\nd\\n', ''), E'a\\tb\tc\\nd\\\\n\t\n', 'content is escaped');
SELECT throws_ok(c, 'PL412', NULL, c) FROM (VALUES
    ('UPDATE version SET title = ''X'''), ('UPDATE statement SET text = ''X'''),
    ('UPDATE outcome SET title = ''X'''), ('DELETE FROM statement WHERE statement_id = ''1'''),
    ('DELETE FROM outcome'),
    ('INSERT INTO outcome (authority_id, pledge_id, version_number, outcome_id, position, title)'
     ' VALUES (''north'', ''promise'', 1, ''x'', 9, ''X'')'),
    ('INSERT INTO lineage (authority_id, pledge_id, version_number, position, to_statement_id,'
     ' change) VALUES (''north'', ''promise'', 1, 1, ''1'', ''new'')'),
    ('INSERT INTO version (authority_id, pledge_id, version_number, title, state, adopted_on,'
     ' adopted_by, adopt_time, content_hash) VALUES (''north'', ''promise'', 2, ''X'','
     ' ''adopted'', current_date, ''panel'', now(), repeat(''0'', 64))')) AS x (c);
RESET ROLE;
SELECT throws_ok('DELETE FROM version WHERE authority_id = ''north''', 'PL412', NULL,
                 'not even the owner deletes an adopted version');
SET LOCAL ROLE pledged;

-- Drafts: numbers, and every mistake at once.
CREATE FUNCTION pg_temp.draft(p_id text, p_ids text, p_texts text, p_froms text, p_tos text,
    p_changes text, p_reason text DEFAULT 'Because') RETURNS void LANGUAGE sql AS $$
    SELECT version_create('promise', p_id, 'Next', '', '{all}', '{All}', p_ids::text[],
        array_fill('all'::text, ARRAY[n]), array_fill('Title'::text, ARRAY[n]), p_texts::text[],
        array_fill(''::text, ARRAY[n]), array_fill(''::text, ARRAY[n]), p_froms::text[],
        p_tos::text[], p_changes::text[],
        array_fill(p_reason, ARRAY[cardinality(p_froms::text[])]))
      FROM cardinality(p_ids::text[]) AS n
$$;
SELECT is((pg_temp.failure(format('SELECT pg_temp.draft(%L,%L,%L,%L,%L,%L)', v, '{1}', '{A}',
           '{}', '{}', '{}'))).state, s, 'version ' || v)
  FROM (VALUES ('1', 'PL409'), ('3', 'PL400'), ('x', 'PL400'), ('0', 'PL400'),
               ('99999999999', 'PL400')) AS x (v, s);
SELECT is(pg_temp.broken($$SELECT version_create('promise', '2', 'Next', '', '{a,a,"Ö"}',
    '{A,"","C"}', '{1,1,-x}', '{a,b,a}', '{T,"",T}', '{"",B,C}', '{"","",""}', '{"","",""}',
    '{9,"",1}', '{"",1,7}', '{kept,dropped,""}', '{"","",""}')$$),
    '{version.outcomes[0].outcome_id,version.outcomes[1].outcome_id,version.outcomes[1].title,'
    'version.outcomes[2].outcome_id,version.statements[0].statement_id,'
    'version.statements[0].text,version.statements[1].outcome_id,'
    'version.statements[1].statement_id,version.statements[1].title,'
    'version.statements[2].statement_id,version.lineage[0].from_statement_id,'
    'version.lineage[0].to_statement_id,version.lineage[1].from_statement_id,'
    'version.lineage[1].reason,version.lineage[1].to_statement_id,version.lineage[2].change,'
    'version.lineage[2].to_statement_id}', 'all mistakes of a draft are told at once');
SELECT is(pg_temp.broken($$SELECT version_create('promise', '2', 'Next', '', '{}', '{}', '{}',
    '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')$$),
    '{version.outcomes,version.statements}', 'a version needs outcomes and statements');

-- Lineage that does not account for all, or says what is not so.
SELECT pg_temp.draft('2', '{1,2,3,4}', '{A safe home,Changed,New,New too}', '{1,1,2,3}',
    '{1,2,2,4}', '{reworded,kept,merged,split}');
SELECT is((pg_temp.failure('SELECT pg_temp.draft(''3'',''{1}'',''{A}'',''{}'',''{}'',''{}'')')
          ).state, 'PL412', 'no version 3 as long as 2 is a draft');
SELECT is(pg_temp.broken($$SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2),
    '2016-01-26', 'panel')$$),
    '{version.lineage,version.lineage[0].change,version.lineage[0].change,'
    'version.lineage[1].change,version.lineage[1].change,version.lineage[3].change}',
    'gaps and wrong changes are told at once');
SELECT is((pg_temp.failure($$SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2),
    '2016-01-26', 'panel')$$)).state, 'PL412', 'as a failed precondition');
SELECT is(ARRAY(SELECT change || from_statement_id || '>' || to_statement_id
                  FROM compare_versions('promise', 1, 2) ORDER BY place),
          '{reworded1>1,kept1>2,merged2>2,>3,split3>4}', 'a draft compares as far as it goes');

CREATE FUNCTION pg_temp.redraft(p_ids text, p_texts text, p_froms text, p_tos text,
    p_changes text, p_paths text DEFAULT '{}', p_reason text DEFAULT 'Because')
RETURNS void LANGUAGE sql AS $$
    SELECT version_update('promise', '2', 'Second', 'Note', '{all}', '{All}', p_ids::text[],
        array_fill('all'::text, ARRAY[n]), array_fill('Title'::text, ARRAY[n]), p_texts::text[],
        array_fill(''::text, ARRAY[n]), array_fill(''::text, ARRAY[n]), p_froms::text[],
        p_tos::text[], p_changes::text[],
        array_fill(p_reason, ARRAY[cardinality(p_froms::text[])]), '', p_paths::text[])
      FROM cardinality(p_ids::text[]) AS n
$$;
SELECT lives_ok($$SELECT pg_temp.redraft('{3,1}', '{New,Home}', '{1,2,3,""}', '{1,1,"",3}',
    '{merged,merged,dropped,new}')$$, 'a draft changes whole');
SELECT is(ARRAY(SELECT statement_id::text FROM statement WHERE version_number = 2
                 ORDER BY position), '{3,1}', 'with its statements in the new order');
SELECT is(ARRAY(SELECT concat_ws(' ', kind, part, nullif(part_id, ''), field, '[' || text_before || ']',
                                 '[' || text_after || ']')
                  FROM version_edit_resource WHERE version_number = 2 ORDER BY number),
          '{"changed version title [Next] [Second]","changed version note [] [Note]",'
          '"removed statement 2 text [Changed] []","removed statement 4 text [New too] []",'
          '"changed statement 1 text [A safe home] [Home]"}',
          'each edit is tracked; what the draft was begun with is none');
SELECT is_empty('SELECT FROM version_edit WHERE version_number = 1', 'nor is anything of version 1');
SELECT throws_ok('UPDATE version_edit SET text_before = ''x''', '42501', NULL, 'edits stay');
SELECT lives_ok($$SELECT pg_temp.redraft('{}', '{}', '{}', '{}', '{}', '{note}')$$,
                'a mask leaves the rest as it was');
SELECT is((SELECT count(*) FROM lineage WHERE version_number = 2), 4::bigint, 'lineage, too');
SELECT is(pg_temp.broken($$SELECT pg_temp.redraft('{}', '{}', '{}', '{}', '{}', '{state}')$$),
          '{update_mask}', 'state is not for clients to set');
SELECT is((pg_temp.failure($$SELECT version_adopt('promise', '2', 'r1', current_date, 'panel')$$
          )).state, 'PL410', 'what is adopted is what was read');
SELECT is(pg_temp.broken($$SELECT version_adopt('promise', '2', '', current_date, 'panel')$$),
          '{etag}', 'an etag is needed');
SELECT is(pg_temp.broken($$SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2),
    current_date + 1, 'nobody')$$), '{adopted_on,adopted_by}', 'not in future, by a body');
SELECT is(pg_temp.broken($$SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2),
    '2011-12-31', 'panel')$$), '{adopted_on}', 'not before the version before');
SELECT lives_ok($$SELECT version_adopt('promise', '2', pg_temp.etag_of('promise', 2),
    '2016-01-26', 'panel')$$, 'a lineage that accounts for all is adopted');
SELECT is((pg_temp.failure($$SELECT pg_temp.redraft('{1}', '{A}', '{}', '{}', '{}')$$)).state,
          'PL412', 'and then changes no more');

-- Over two steps.
SELECT pg_temp.draft('3', '{1,2}', '{A safe home,Home}', '{1,3,""}', '{2,"",1}',
                     '{kept,dropped,new}');
SELECT version_adopt('promise', '3', pg_temp.etag_of('promise', 3), '2017-01-01', 'panel');
SELECT is(ARRAY(SELECT change || from_statement_id || '>' || to_statement_id
                  FROM compare_versions('promise', 1, 3) ORDER BY place),
          '{new>1,merged1>2,merged2>2,dropped3>}', 'lineage is followed over versions');
SELECT is(compare_base('promise', 3, 0), 2, 'the version just before');
SELECT is((pg_temp.failure('SELECT compare_base(''promise'', ' || n || ', ' || b || ')')).state,
          s, 'compare ' || n || ' with ' || b)
  FROM (VALUES (3, 3, 'PL400'), (3, -1, 'PL400'), (1, 0, 'PL412'), (9, 0, 'PL404')) x (n, b, s);

SELECT is(statement_violations('{1,2,3}', '{o,o,o}', '{T,T,T}', '{x,x,x}', '{"","",""}', '{"","",""}', '{o}',
                               '{0,9,-1}', '{26,8,5}', '{ba,aa,z}') @> v, true, v ->> 0)
  FROM (VALUES
    ('[{"field": "version.statements[0].age_to"}]'::jsonb), ('[{"field": "version.statements[1].age_to"}]'),
    ('[{"field": "version.statements[2].age_to"}]'), ('[{"field": "version.statements[0].principles"}]'),
    ('[{"field": "version.statements[1].principles"}]'), ('[{"field": "version.statements[2].principles"}]')
  ) AS t (v);
SELECT is(statement_violations('{1,2}', '{o,o}', '{T,T}', '{x,x}', '{"",""}', '{"",""}', '{o}', '{16,0}', '{25,0}',
                               '{abcdefg,""}'), '[]', 'age bands and principles as they should be');

SELECT is((SELECT array_to_string(ARRAY(SELECT k || ':' || t FROM unnest(kinds, texts) AS u (k, t)), '|')
             FROM word_changes(a, b)), w, a || ' > ' || b)
  FROM (VALUES
    ('We will listen', 'We will listen', 'same:We will listen'),
    ('We will listen to you', 'We will always listen', 'same:We will|added:always|same:listen|removed:to you'),
    ('a b c d e', 'a x c y e', 'same:a|removed:b|added:x|same:c|removed:d|added:y|same:e'),
    ('one two', 'three', 'removed:one two|added:three'),
    ('one', 'one two one', 'same:one|added:two one'),
    ('', 'new words', 'added:new words'), ('old words', '', 'removed:old words'),
    ('the the the', 'the the', 'same:the the|removed:the'),
    (E'two  spaces\nand a line', 'two spaces and a line', 'same:two spaces and a line')) AS t (a, b, w);
SELECT ok((SELECT bool_and((SELECT string_agg(u.t, ' ') FILTER (WHERE u.k <> 'added') = p.a
                                AND string_agg(u.t, ' ') FILTER (WHERE u.k <> 'removed') = p.b
                              FROM unnest(kinds, texts) AS u (k, t)))
             FROM (SELECT (SELECT string_agg(chr(97 + ((g * 7919 + i * i * 31) % 5)), ' ')
                             FROM generate_series(1, 40) AS i) AS a,
                          (SELECT string_agg(chr(97 + ((g * 104729 + i * 17) % 5)), ' ')
                             FROM generate_series(1, 35) AS i) AS b
                     FROM generate_series(1, 50) AS g) AS p, word_changes(p.a, p.b)),
          'either text can be read off the runs');

SELECT * FROM finish();
ROLLBACK;
