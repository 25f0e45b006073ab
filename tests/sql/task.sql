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

-- What young people said and asked.
SELECT pg_temp.act('north');
SELECT return_move_add('late', 'police', 'certified', 's1m0', ''), return_move_add('late', 'police', 'accepted', 's1m1', '');
SELECT is(pg_temp.todo('officer'), '{"close_round late 1","publish_returns late 0"}'::text[], 'what is accepted is to be published, by round');
SELECT return_move_add('late', 'police', 'published', 's1m2', '');
UPDATE round SET close_time = now() WHERE authority_id = 'north' AND round_id = 'late';
RESET ROLE;
DELETE FROM reminder;
SET LOCAL ROLE pledged;
SELECT body_create('cicc', 'Children in Care Council', '', 2, '{}', NULL);
SELECT pg_temp.act('north', 'support_worker');
SELECT cicc_session_record('cicc', 's1', current_date - 40, 8, '{being-in-care}');
SELECT is(pg_temp.todo('support_worker'), '{}', 'a session asks for nothing');
SELECT ratings_record('cicc', 's1', 'promise', '1', '{1}', '{8}', '{0}', '{0}', '{0}', '{1,1}', '{Good,Fine}');
SELECT issue_raise('bags', 'cicc', 's1', 'housing', '', '', 'Bin bags');
SELECT is(pg_temp.todo('support_worker'), '{"moderate_words 1 0"}', 'words wait');
SELECT is((SELECT count FROM tasks() WHERE kind = 'moderate_words'), 2, 'so many');
SELECT is((SELECT count(*) FROM tasks() WHERE title ~ 'Good|Fine|Bin'), 0::bigint, 'and are not in the list');
SELECT is(pg_temp.todo('director', 'learning'), '{}', 'an issue is for one director');
SELECT is(pg_temp.todo('director', 'housing'), '{"answer_issue bags 20"}', 'who answers');
SELECT is(pg_temp.todo('officer'), '{"answer_issue bags 20"}', 'officers hear of what is overdue');
SELECT is(pg_temp.todo('elected_member'), '{}', 'councillors do not answer');
SELECT pg_temp.act('north', 'director', 'housing');
SELECT issue_move('bags', 'answered', 'You get suitcases', NULL, '');
SELECT is(pg_temp.todo('director', 'housing'), '{}', 'answered');
SELECT is(pg_temp.todo('support_worker'), '{"ask_satisfied bags 0","moderate_words 1 0"}', 'are they satisfied?');
SELECT pg_temp.act('north', 'support_worker');
SELECT issue_move('bags', 'satisfied', '', NULL, '');
SELECT is(pg_temp.todo('support_worker'), '{"moderate_words 1 0"}', 'they are');

-- What a body asked for.
SELECT pg_temp.act('north');
SELECT body_member_add('panel', 'chair', 'Lead member', 'chair', 'Blue', '', '2012-05-01', NULL);
SELECT meeting_create('panel', 'm', current_date - 30);
SELECT agenda_item_add('panel', 'm', 'theme', 'Health');
SELECT action_add('panel', 'm', 1, 'Ask the school', 'authorities/north/partnerAgencies/police', '', current_date - 3),
       action_add('panel', 'm', 1, repeat('Write', 100), '', 'chair', current_date + 3);
SELECT is(pg_temp.todo('partner_agency', 'police'), '{"do_action 1 3"}', 'an agency''s own action');
SELECT is(pg_temp.todo('director', 'housing'), '{}', 'which is no other''s');
SELECT is(pg_temp.todo('officer'), '{"do_action 2 0"}', 'officers note those of seats');
SELECT is((SELECT char_length(title) FROM tasks()), char_length('Panel asked Lead member: ') + 120, 'in short');
SELECT action_note_add('panel', 'm', '2', 'done', 'Written', NULL);
SELECT is(pg_temp.todo('officer'), '{}', 'done');
SELECT strategy_create('plan', 'strategy', 'Plan', '', 'authorities/north/departments/housing', current_date - 400, NULL,
        current_date + 30, '{}', '{}', '{}'),
    strategy_create('far', 'strategy', 'Far', '', 'authorities/north/departments/housing', current_date - 400, NULL,
        current_date + 31, '{}', '{}', '{}');
SELECT is(pg_temp.todo('officer'), '{"review_strategy plan 0"}', 'what is to be reviewed within 30 days');
SELECT is(pg_temp.todo('director', 'housing'), '{"review_strategy plan 0"}', 'also for its owner');
SELECT is(pg_temp.todo('director', 'learning'), '{}', 'and no other');
SELECT pg_temp.act('north', 'support_worker');
SELECT visit_record('home', 'Harbour House', 'A place to live', 'authorities/north/departments/learning', current_date - 20, 3,
    '{improvement}', '{"No garden"}', '{""}', '{""}', '{""}', ARRAY[current_date - 2]);
SELECT is(pg_temp.todo('director', 'learning'), '{}', 'a finding waits to be moderated');
SELECT pg_temp.act('north', 'support_worker');
SELECT is(ARRAY(SELECT name || ' ' || count FROM tasks() WHERE kind = 'moderate_words' ORDER BY name),
          '{"authorities/north/pledges/promise/versions/1 2","authorities/north/visits/home 1"}', 'each told where it is');
SELECT is((SELECT count(*) FROM tasks() WHERE title ~ 'garden'), 0::bigint, 'and not what it says');
SELECT words_moderate((SELECT regexp_replace(words, '.*/', '') FROM visit_findings(current_date, '9999-12-31')), 'shown', '');
SELECT is((pg_temp.todo('director', 'learning'))[1] ~ '^answer_finding .* 2$', true, 'then the owner answers');
SELECT is(cardinality(pg_temp.todo('officer')), 2, 'and officers hear that it is overdue');
SELECT work_item_create('dentist', 'A dentist for all', '', 'own', '', '', '', '', '', 'high',
        'authorities/north/partnerAgencies/police', '', 0, '{}', '{}', '{}', current_date - 3, current_date - 9),
    work_item_create('far', 'Later', '', 'own', '', '', '', '', '', 'low',
        'authorities/north/partnerAgencies/police', '', 0, '{}', '{}', '{}', current_date + 31, current_date - 9),
    work_item_create('whose', 'Whose?', '', 'own', '', '', '', '', '', 'low', '', '', 0, '{}', '{}', '{}', NULL, NULL),
    work_milestone_add('far', 'Begun', current_date + 30);
SELECT is(pg_temp.todo('partner_agency', 'police'), '{"do_action 1 3","do_work dentist 3","do_work 1 0"}',
          'an owner''s items and milestones of the next 30 days');
SELECT is(ARRAY(SELECT t FROM unnest(pg_temp.todo('officer')) AS t WHERE t !~ '^answer_finding'),
          '{"do_work dentist 3","review_strategy plan 0","assign_work whose 0"}',
          'officers hear of what is overdue, and find owners');
SELECT is((pg_temp.todo('director', 'housing')), '{"review_strategy plan 0"}', 'others do not');
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM tasks()), 0::bigint, 'another council has nothing of it');

SELECT * FROM finish();
ROLLBACK;
