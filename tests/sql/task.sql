-- SPDX-License-Identifier: Apache-2.0
-- What is whose to do.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SELECT pg_temp.act('north');
SELECT pg_temp.commit_to('h1', 'housing', '{1}');
SELECT pg_temp.commit_to('l1', 'learning', '{2}');
SELECT pg_temp.commit_to('p1', 'police', '{2}');
SELECT pg_temp.open_round('late', -60, -8);
SELECT pg_temp.open_round('next', 5, 9);
UPDATE round SET closes_on = current_date + 30 WHERE authority_id = 'north' AND round_id = 'late';
SET LOCAL ROLE pledged;

CREATE FUNCTION pg_temp.todo(p_role text, p_owner text DEFAULT '') RETURNS text[] LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.act('north', p_role, p_owner);
    RETURN (SELECT coalesce(array_agg(concat_ws(' ', kind, regexp_replace(name, '.*/', ''), days_late)
                       ORDER BY place COLLATE "C"), '{}') FROM tasks());
END
$$;
SELECT is(pg_temp.todo('director', 'housing'), '{send_return housing 8}', 'a return that is late');
SELECT is(pg_temp.todo('partner_agency', 'police'), '{send_return police 8}', 'an agency''s');
SELECT is(pg_temp.todo('elected_member'), '{}', 'a councillor has nothing to do');
SELECT is(pg_temp.todo('officer'), '{}', 'nor has an officer yet');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT pg_temp.send('late', 'housing', '{h1}', 'green');
SELECT is(pg_temp.todo('director', 'housing'), '{certify_return housing 8}', 'then it is to be certified');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT pg_temp.send('late', 'police', '{p1}', 'green');
SELECT is(pg_temp.todo('partner_agency', 'police'), '{}', 'an agency has done its part');
SELECT is(pg_temp.todo('officer'), '{certify_return police 8}', 'an officer certifies for it');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT return_move_add('late', 'housing', 'certified', 's1m0', '');
SELECT is(pg_temp.todo('director', 'housing'), '{}', 'certified');
SELECT is(pg_temp.todo('officer'), '{"certify_return police 8","review_return housing 0"}', 'to be reviewed');
SELECT return_move_add('late', 'housing', 'queried', '', 'Which homes?');
SELECT is(pg_temp.todo('director', 'housing'), '{answer_query housing 8}', 'a question to answer');
SELECT is(pg_temp.todo('director', 'learning'), '{send_return learning 8}', 'others have their own');
SELECT pg_temp.act('north');
SELECT reminder_make('north');
SELECT is(pg_temp.todo('officer'), '{"certify_return police 8","set_address learning 0","set_address learning 0"}',
          'reminders that have no address');
RESET ROLE;
DELETE FROM reminder;
UPDATE round SET closes_on = current_date - 1 WHERE authority_id = 'north' AND round_id = 'late';
SET LOCAL ROLE pledged;
SELECT is(pg_temp.todo('director', 'learning'), '{}', 'no return is taken any more');
SELECT is(pg_temp.todo('officer'), '{"certify_return police 8","close_round late 1"}', 'the round is to be closed');
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM tasks()), 0::bigint, 'another council has nothing of it');

SELECT * FROM finish();
ROLLBACK;
