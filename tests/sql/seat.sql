-- SPDX-License-Identifier: Apache-2.0
-- Seats of bodies: who sat on a body on a day, what can change, what is refused.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;

SELECT body_member_add('panel', 'chair', 'Lead member', 'chair', 'Blue', '', '2006-03-01', '2010-05-05');
SELECT body_member_add('panel', 'chair-2', 'Lead member', 'chair', 'Red', '', '2010-05-06', NULL);
SELECT body_member_add('panel', 'police', 'Partnership Inspector', 'adviser', '',
    'authorities/north/partnerAgencies/police', '2008-01-01', NULL);

CREATE FUNCTION pg_temp.sat(p_day date) RETURNS text[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT body_member_id FROM body_member_resource WHERE authority_id = app_authority()
        AND p_day BETWEEN sits_from AND coalesce(sits_to, 'infinity') ORDER BY 1)
$$;
SELECT is(pg_temp.sat(d), s, 'who sat on ' || d)
  FROM (VALUES ('2006-02-28'::date, '{}'::text[]), ('2006-03-01', '{chair}'),
               ('2010-05-05', '{chair,police}'), ('2010-05-06', '{chair-2,police}')) AS x (d, s);
SELECT is((SELECT owner || ' ' || owner_display_name FROM body_member_resource
            WHERE body_member_id = 'police'), 'authorities/north/partnerAgencies/police Police',
          'a seat speaks for an agency');

-- Mistakes, each with its field.
SELECT is((pg_temp.failure(c)).state, s, c) FROM (VALUES
    ($$SELECT body_member_add('none', 'x', 'X', 'member', '', '', '2010-01-01', NULL)$$, 'PL404'),
    ($$SELECT body_member_add('panel', 'chair', 'X', 'member', '', '', '2010-01-01', NULL)$$, 'PL409'),
    ($$SELECT body_member_add('panel', 'x', 'X', '', '', '', '2010-01-01', NULL)$$, '23514'),
    ($$SELECT body_member_add('panel', 'x', ' ', 'member', '', '', '2010-01-01', NULL)$$, '23514'),
    ($$SELECT body_member_add('panel', 'x', 'X', 'member', '', '', '2010-01-02', '2010-01-01')$$,
        '23514')) AS x (c, s);
SELECT is(pg_temp.broken($$SELECT body_member_add('panel', 'x', 'X', 'member', '', '', NULL, NULL)$$),
          '{body_member.sits_from}', 'a seat has a first day');
SELECT is(pg_temp.broken($$SELECT body_member_add('panel', 'x', 'X', 'member', '', '', '2006-02-01',
          NULL)$$), '{body_member.sits_from}', 'nobody sits on a body before there is one');
SELECT is(pg_temp.broken($$SELECT body_member_add('panel', 'x', 'X', 'member', '',
          'authorities/north/departments/none', '2010-01-01', NULL)$$), '{body_member.owner}',
          'the owner exists');

-- A seat ends; what it was does not change.
SELECT body_member_update('panel', 'police', '', '', '2012-03-31', 'r1', '{sits_to}');
SELECT is((SELECT display_name || sits_to || etag FROM body_member_resource
            WHERE body_member_id = 'police'), 'Partnership Inspector2012-03-31r2', 'a seat ends');
SELECT is((pg_temp.failure($$SELECT body_member_update('panel', 'police', '', '', NULL, 'r1',
    '{sits_to}')$$)).state, 'PL410', 'a stale etag');
SELECT is(pg_temp.broken($$SELECT body_member_update('panel', 'police', '', '', NULL, '', '{role}')$$),
          '{update_mask}', 'the role stays');
SELECT throws_ok('UPDATE body_member SET role = ''chair''', '42501', NULL, 'nor by hand');
SELECT throws_ok('DELETE FROM body_member', '42501', NULL, 'no seat is deleted');

SELECT pg_temp.act('south');
SELECT is(pg_temp.sat('2010-05-05'), '{}', 'another council sees none of it');
SELECT is((pg_temp.failure($$SELECT body_member_update('panel', 'police', '', '', NULL, '', '{}')$$)
    ).state, 'PL404', 'and changes none');

SELECT * FROM finish();
ROLLBACK;
