-- SPDX-License-Identifier: Apache-2.0
-- The work programme and national programmes: sources, progress with reasons, who may, and days that are over.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql
SET CONSTRAINTS ALL IMMEDIATE;
SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;
SELECT meeting_create('panel', 'm', '2007-06-19');

-- A programme is loaded as a whole, and told all that is wrong with it.
SELECT is(pg_temp.broken($$SELECT programme_import('Paper', '', 'Department', current_date + 1, '{1,1,0}', '{A,"",A}', '{X,"",X}',
        '{"","",""}', '{"",nobody,""}', '{"","",""}', '{"","",""}', '{0,-1,0}', '{"",soon,""}')$$),
    '{programme.published_on,programme.title,programme_id,proposals[1].area,proposals[1].cost_pence,proposals[1].decided_on,proposals[1].number,'
    'proposals[1].owner_id,proposals[1].text,proposals[2].number}', 'everything that is wrong');
SELECT is((SELECT count(*) FROM programme), 0::bigint, 'and nothing is written');
SELECT is(pg_temp.broken($$SELECT programme_import('paper', 'Paper', 'Department', '2007-06-21', '{}', '{}', '{}', '{}', '{}', '{}',
        '{}', '{}', '{}')$$), '{proposals}', 'a programme proposes something');
SELECT programme_import('paper', 'Paper', 'Department', '2007-06-21', '{3,1,2,4}', '{Care,School,School,Care}',
    '{A home,A school,A book,A bed}', '{"",high,"",""}', '{"",housing,"",""}', '{"","All","",""}', '{"","A post","",""}',
    '{0,500,0,0}', '{"",2007-09-01,"",""}');
SELECT is(ARRAY(SELECT number || ' ' || area || ' ' || area_title || ' ' || priority || ' ' || state
                  FROM proposals_at(current_date, '9999-12-31') ORDER BY number),
    '{"1 1 School high not_taken_up","2 1 School  not_taken_up","3 2 Care  not_taken_up","4 2 Care  not_taken_up"}',
    'areas are numbered by their first proposals');
SELECT is((pg_temp.failure($$SELECT programme_import('paper', 'Paper', 'D', '2007-06-21', '{1}', '{A}', '{X}', '{""}', '{""}',
    '{""}', '{""}', '{0}', '{""}')$$)).state, 'PL409', 'once');
SELECT is((SELECT count(*) FROM proposals_at('2007-08-31', '9999-12-31') AS p WHERE p.priority <> ''), 0::bigint,
    'before its day nothing was decided');

-- What a proposal has is taken over where an item leaves it empty.
CREATE FUNCTION pg_temp.item(p_id text, p_source text, p_heading text DEFAULT '', p_meeting text DEFAULT '',
    p_number text DEFAULT '', p_owner text DEFAULT '', p_due date DEFAULT NULL, p_added date DEFAULT '2007-10-25',
    p_title text DEFAULT 'Do it', p_statements text[] DEFAULT '{}') RETURNS void LANGUAGE sql AS $$
    SELECT pledge.work_item_create(p_id, p_title, '', p_source, p_heading, CASE p_meeting WHEN '' THEN '' ELSE 'panel' END,
        p_meeting, CASE p_number WHEN '' THEN '' ELSE 'paper' END, p_number, '', p_owner, '', 0,
        array_fill('promise'::text, ARRAY[cardinality(p_statements)]), array_fill('1'::text, ARRAY[cardinality(p_statements)]),
        p_statements, p_due, p_added)
$$;
SELECT pg_temp.item('school', 'national', p_number => '1', p_title => '');
SELECT is((SELECT concat_ws('|', title, priority, owner_id, resource_note, cost_pence, state)
             FROM work_items_at(current_date, '9999-12-31')), 'A school|high|housing|A post|500|proposed', 'as the proposal');
SELECT is((pg_temp.failure($$SELECT pg_temp.item('again', 'national', p_number => '1')$$)).state, 'PL409', 'it is taken up once');
SELECT is((pg_temp.failure($$SELECT proposal_decide('paper', '1', '', '', '', '', 0, true, 'No', NULL)$$)).state, 'PL412',
    'what is taken up is not set aside');
SELECT is(pg_temp.broken($$SELECT proposal_decide('paper', '2', '', 'nobody', repeat('x', 501), '', -1, true, '', '2007-06-20')$$),
    '{decision.owner,decision.target,decision.cost_pence,decision.reason,decision.decided_on}', 'a decision''s rules');
SELECT proposal_decide('paper', '2', 'low', '', '', '', 0, true, 'Schools do it', '2007-12-01');
SELECT is((pg_temp.failure($$SELECT pg_temp.item('book', 'national', p_number => '2')$$)).state, 'PL412', 'what is set aside waits');
SELECT is((pg_temp.failure($$SELECT proposal_decide('paper', '2', '', '', '', '', 0, false, '', '2007-11-30')$$)).state, 'PL400',
    'decisions are in the order of their days');
SELECT is((pg_temp.failure($$SELECT proposal_decide('paper', '9', '', '', '', '', 0, false, '', NULL)$$)).state, 'PL404',
    'no such proposal');

-- Sources.
SELECT is(pg_temp.broken(q), f::text[], f || ': ' || q)
  FROM (VALUES
    ($$SELECT pg_temp.item('Bad', '', 'education', 'x', '', 'nobody', '2007-10-24', p_title => '', p_statements => '{1,1,9}')$$,
     '{work_item_id,work_item.source,work_item.heading,work_item.meeting,work_item.due_on,work_item.title,work_item.owner,work_item.statements[1],work_item.statements[2]}'),
    ($$SELECT pg_temp.item('x', 'young_people')$$, '{work_item.heading}'),
    ($$SELECT pg_temp.item('x', 'forum', p_meeting => 'none')$$, '{work_item.meeting}'),
    ($$SELECT pg_temp.item('x', 'national')$$, '{work_item.proposal}'),
    ($$SELECT pg_temp.item('x', 'national', p_number => '9')$$, '{work_item.proposal}'),
    ($$SELECT pg_temp.item('x', 'own', p_number => '3')$$, '{work_item.proposal}'),
    ($$SELECT pg_temp.item('x', 'own', p_added => current_date + 1)$$, '{work_item.added_on}')) AS t (q, f);
SELECT is((pg_temp.failure($$SELECT pg_temp.item('x', 'own', p_owner => 'authorities/south/departments/housing')$$)).state, 'PL403',
    'no owner of another council');
SELECT pg_temp.item('dentist', 'forum', p_meeting => 'm', p_owner => 'authorities/north/partnerAgencies/police', p_due => '2008-01-31',
    p_statements => '{1,2}');
SELECT is((pg_temp.failure($$SELECT pg_temp.item('dentist', 'own')$$)).state, 'PL409', 'an identifier once');

-- Progress, milestones, offers and achievements.
SELECT is(pg_temp.broken(format('SELECT work_progress_add(%L, %L, %L, %L, %L, %L)', 'dentist', s, r, n, w, d)), f::text[],
          concat_ws(' ', 'progress', s, r, d))
  FROM (VALUES ('', '', '', '', '2007-10-24', '{progress.state,progress.narrative,progress.happened_on}'),
               ('proposed', '', 'X', '', '2007-10-25', '{progress.state}'),
               ('under_way', '', 'X', '', '2007-10-25', '{progress.rating}'),
               ('under_way', 'amber', 'X', ' ', '2007-10-25', '{progress.reason}'),
               ('done', 'red', 'X', '', '2007-10-25', '{progress.reason}'),
               ('dropped', '', 'X', '', '2007-10-25', '{progress.reason}'),
               ('agreed', '', 'X', '', (current_date + 1)::text, '{progress.happened_on}')) AS t (s, r, n, w, d, f);
SELECT pg_temp.item('nobodys', 'own');
SELECT is((pg_temp.failure($$SELECT work_progress_add('nobodys', 'agreed', '', 'X', '', NULL)$$)).state, 'PL412',
    'somebody sees to what is agreed');
SELECT is((pg_temp.failure($$SELECT work_progress_add('none', 'agreed', '', 'X', '', NULL)$$)).state, 'PL404', 'no such item');
SELECT work_milestone_add('dentist', 'Asked', '2007-11-30'), work_milestone_add('dentist', 'Begun', '2007-12-15');
SELECT is(pg_temp.broken($$SELECT work_milestone_add('dentist', '', '2007-10-24')$$), '{milestone.title,milestone.due_on}', 'milestones');
SELECT is(pg_temp.broken($$SELECT work_milestone_mark_add('dentist', '1', 'dropped', '2007-10-24', '')$$), '{marked_on,note}', 'and marks');
SELECT is((pg_temp.failure($$SELECT work_milestone_mark_add('dentist', '3', 'reached', NULL, '')$$)).state, 'PL404', 'there are two');
SELECT work_progress_add('dentist', 'under_way', 'amber', 'Asked', 'Few places', '2007-12-01');
SELECT work_milestone_mark_add('dentist', '1', 'reached', '2007-12-01', '');
SELECT work_progress_add('dentist', 'done', 'green', 'All go', '', '2008-03-01');
SELECT work_achievement_add('dentist', 'All go', '2008-03-01', 'Health report');
SELECT is((pg_temp.failure($$SELECT work_progress_add('dentist', 'agreed', '', 'X', '', '2008-02-01')$$)).state, 'PL400',
    'progress is in the order of its days');
SELECT is(pg_temp.broken($$SELECT work_offer_add('dentist', 'housing', '', current_date + 1, '2007-10-25')$$),
    '{offer.agency,offer.text,offer.offered_on,offer.ready_on}', 'offers are a partner agency''s');
SELECT is(pg_temp.broken($$SELECT work_achievement_add('dentist', '', '2007-10-24', '')$$),
    '{achievement.text,achievement.achieved_on,achievement.evidence}', 'achievements need to be shown');
SELECT is((SELECT concat_ws(' ', w.state, w.rating, w.days_over, w.milestone_count, w.reached_count, w.achievement_count)
             FROM work_items_at(d::date, '9999-12-31') AS w WHERE w.work_item_id = 'dentist'), r, 'as at ' || d)
  FROM (VALUES ('2007-10-24', NULL), ('2007-11-30', 'proposed  0 2 0 0'), ('2007-12-01', 'under_way amber 0 2 1 0'),
               ('2007-12-20', 'under_way amber 5 2 1 0'), ('2008-02-29', 'under_way amber 76 2 1 0'),
               ('2008-03-01', 'done green 0 2 1 1')) AS t (d, r);
SELECT is((SELECT count(*) FROM work_items_at(current_date, current_date - 1)), 0::bigint, 'but nobody knew of it yesterday');
SELECT work_milestone_add('nobodys', 'Begun', '2008-01-01');
SELECT is(ARRAY(SELECT concat_ws(' ', work_item_id, milestone, owner_id, open, days_over = current_date - due_on)
                  FROM work_item_standing ORDER BY 1),
    '{"dentist 0 police f f","dentist 1 police f f","dentist 2 police f f","nobodys 0 t","nobodys 1 t t","school 0 housing t"}',
    'what is to be done today');

-- Plans are kept in revisions.
SELECT is((pg_temp.failure($$SELECT work_item_update('dentist', 'r9', '', '', '', '', '', 0, '{}', '{}', '{}', NULL, '{}')$$)).state,
    'PL410', 'a stale etag');
SELECT is(pg_temp.broken($$SELECT work_item_update('dentist', '', '', '', '', '', '', 0, '{}', '{}', '{}', NULL, '{source}')$$),
    '{update_mask}', 'its source stays');
SELECT work_item_update('dentist', 'r1', '', '', 'high', 'x', '', 0, '{}', '{}', '{}', '2008-04-01', '{priority,due_on}');
SELECT is((SELECT concat_ws('|', etag, title, priority, owner_id, due_on, cardinality(statements))
             FROM work_items_at(current_date, '9999-12-31') WHERE work_item_id = 'dentist'),
    'r2|Do it|high|police|2008-04-01|2', 'what the mask leaves out stays');

-- The programme by area.
SELECT work_progress_add('school', 'under_way', 'green', 'Begun', '', '2008-01-01');
SELECT pg_temp.item('home', 'national', p_number => '3', p_due => '2007-12-31');
SELECT work_progress_add('home', 'dropped', '', 'No', 'Done elsewhere', '2008-02-01');
SELECT is(ARRAY(SELECT concat_ws(' ', area, proposals, taken_up, not_taken_up, set_aside, under_way, done, late)
                  FROM programme_counts_at(d::date, '9999-12-31') ORDER BY area), r::text[], 'the programme as at ' || d)
  FROM (VALUES ('2007-10-24', '{"0 4 0 4 0 0 0 0","1 2 0 2 0 0 0 0","2 2 0 2 0 0 0 0"}'),
               ('2008-01-15', '{"0 4 2 2 1 1 0 1","1 2 1 1 1 1 0 0","2 2 1 1 0 0 0 1"}'),
               ('2008-02-01', '{"0 4 1 3 1 1 0 0","1 2 1 1 1 1 0 0","2 2 0 2 0 0 0 0"}')) AS t (d, r);
SELECT proposal_decide('paper', '3', '', '', '', '', 0, true, 'Done elsewhere', NULL);
SELECT is((SELECT state FROM proposals_at(current_date, '9999-12-31') WHERE number = 3), 'set_aside',
    'what was dropped can be set aside');

-- Who may.
SELECT pg_temp.act('north', 'support_worker');
SELECT is((pg_temp.failure($$SELECT pg_temp.item('x', 'own')$$)).state, 'PL403', 'support workers add what young people ask for');
SELECT lives_ok($$SELECT pg_temp.item('bike', 'young_people', 'health_and_lifestyle')$$, 'and that they do');
SELECT pg_temp.act('north', 'director', 'learning');
SELECT is((pg_temp.failure(q)).state, 'PL403', 'a director does nothing for others: ' || q)
  FROM (VALUES ($$SELECT work_progress_add('school', 'done', '', 'X', '', NULL)$$),
               ($$SELECT work_milestone_mark_add('dentist', '1', 'open', NULL, '')$$),
               ($$SELECT work_achievement_add('school', 'X', NULL, 'X')$$),
               ($$SELECT work_offer_add('school', 'police', 'X', NULL, NULL)$$)) AS t (q);
SELECT pg_temp.act('north', 'director', 'housing');
SELECT lives_ok($$SELECT work_progress_add('school', 'done', 'green', 'X', '', NULL)$$, 'but for the own department');
SELECT pg_temp.act('north', 'partner_agency', 'police');
SELECT lives_ok($$SELECT work_offer_add('school', 'police', 'A visit', '2008-01-01', NULL)$$, 'an agency offers to any item');
SELECT is((pg_temp.failure($$SELECT work_offer_add('school', 'health', 'X', NULL, NULL)$$)).state, 'PL403', 'for itself alone');
SELECT is((pg_temp.failure($$SELECT work_progress_add('school', 'done', '', 'X', '', NULL)$$)).state, 'PL403',
    'and says how its own items are only');
SELECT pg_temp.act('south');
SELECT is((SELECT count(*) FROM work_item) + (SELECT count(*) FROM proposal) + (SELECT count(*) FROM work_item_standing), 0::bigint,
    'nothing of another council');
SELECT is((pg_temp.failure($$SELECT work_progress_add('dentist', 'agreed', '', 'X', '', NULL)$$)).state, 'PL404', 'nor to write on');
SELECT throws_ok(format('UPDATE %I SET recorded_at = now()', t), '42501', NULL, t || ' is never overwritten')
  FROM unnest('{programme,proposal_decision,work_item,work_item_revision,work_milestone,work_milestone_mark,work_progress,'
              'work_offer,work_achievement}'::text[]) AS t;

SELECT * FROM finish();
ROLLBACK;
