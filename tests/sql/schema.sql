-- SPDX-License-Identifier: Apache-2.0
-- What the daemon may do, and that every rule of the schema has words for people.
BEGIN;
CREATE EXTENSION IF NOT EXISTS pgtap;
SELECT * FROM no_plan();
\ir fixture.psql

CREATE TEMP TABLE rule AS
SELECT c.conname, c.contype, t.relname, obj_description(c.oid, 'pg_constraint') AS words
  FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
 WHERE c.connamespace = 'pledge'::regnamespace AND c.contype IN ('c', 'u', 'f', 'p', 'x');
SELECT matches(words, '^[a-z_0-9]+(\.[a-z_]+)*: [a-z].*[^.]$', conname || ' says its rule')
  FROM rule;
SELECT ok(starts_with(conname, relname || '_'), conname || ' begins with its table') FROM rule;
SELECT is((SELECT count(*) - count(DISTINCT conname) FROM rule), 0::bigint,
          'no two rules share a name');

-- Every foreign key can be looked up from its own side.
SELECT ok(EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.conrelid
                     AND (i.indkey::int2[])[0] = ANY (c.conkey)),
          c.conname || ' has an index to begin with')
  FROM pg_constraint AS c
 WHERE c.connamespace = 'pledge'::regnamespace AND c.contype = 'f';

SELECT is(ARRAY(SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles
                 WHERE rolname = 'pledged'), '{f}', 'the daemon''s role has no powers');
SELECT is((SELECT count(*) FROM pg_class WHERE relowner = 'pledged'::regrole), 0::bigint,
          'the daemon''s role owns nothing');

-- Facts are only ever added.
SELECT table_privs_are('pledge', t, 'pledged', '{SELECT,INSERT}', t || ' is append-only')
  FROM unnest('{return_submission,progress,return_move,request,round_commitment,route,'
              'route_step,route_move,route_recorder,meeting,endorsement,endorsement_draft,'
              'endorsement_notice,endorsement_decision,endorsement_withdrawal,endorsement_call_in,'
              'endorsement_call_in_outcome,amendment,amendment_decision,signing_event,signing_key,'
              'signing_key_revocation,service_key,signature,make_up,make_up_group,cicc_session,rating_reply,'
              'raised_issue_move,body_quorum,meeting_item,meeting_paper,meeting_attendance,meeting_decision,'
              'meeting_action,action_note,programme,programme_area,proposal,proposal_decision,work_item,'
              'work_item_revision,work_item_statement,work_milestone,work_milestone_mark,work_progress,'
              'work_offer,work_achievement,population,population_count,briefing_body,briefing_attendance,'
              'briefing_headcount,strategy_review,visit_answer,'
              'indicator,indicator_standard,indicator_statement,indicator_value}'::text[]) AS t;
SELECT is(ARRAY(SELECT c.relname::text FROM pg_class AS c
                 WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'r'
                   AND has_table_privilege('pledged', c.oid, 'DELETE') ORDER BY 1),
          '{lineage,outcome,reminder_address,reminder_rule,return_draft,statement}', 'only parts of a draft can be deleted');
SELECT table_privs_are('pledge', t, 'pledged', '{}', t || ' is out of the daemon''s reach')
  FROM unnest('{principal,credential,login,password,recovery_code,device,attempt,invitation,session,'
              'token_used,personal_none}'::text[]) AS t;
SELECT table_privs_are('pledge', t, 'pledged', '{SELECT}', t || ' can be read only')
  FROM unnest('{member,identity_provider,role_permission,return_check,bank_holiday,care_year,care_category,care_code,audit_head,audit_entry,retention,'
              'retention_run,personal_field,erasure,response_code,response,response_answer,response_text,'
              'response_text_move,signature_withdrawal,statement_rating,raised_issue,visit,'
              'visit_finding}'::text[]) AS t;
SELECT table_privs_are('pledge', c.relname, 'pledged', '{SELECT}', c.relname || ' can be read only')
  FROM pg_class AS c WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'v';
SELECT isnt(obj_description(c.oid, 'pg_class'), NULL, c.relname || ' says what it shows')
  FROM pg_class AS c WHERE c.relnamespace = 'pledge'::regnamespace AND c.relkind = 'v';
SELECT is(ARRAY(SELECT p.proname::text FROM pg_proc AS p
                 WHERE p.pronamespace = 'pledge'::regnamespace
                   AND NOT has_function_privilege('pledged', p.oid, 'EXECUTE') ORDER BY 1),
          '{attempt_key,audit_append,audit_peers_clear,certificate_member,device_remember,erasure_count,'
          'host_administrator_add,host_administrator_invite,invitation_make,member_principal,'
          'personal_erase,personal_erase_place,personal_erase_principal,personal_may,personal_of_place,'
          'personal_of_principal,personal_rows,response_mix,response_take,retention_apply,'
          'retention_remove,session_begin,'
          'session_tell,sessions_end,sessions_of,signin_audit,tenant_tables}', 'functions kept from the daemon');
SELECT is(ARRAY(SELECT p.proname::text FROM pg_proc AS p
                 WHERE p.pronamespace = 'pledge'::regnamespace AND p.prosecdef
                   AND NOT coalesce('search_path=pledge, pg_temp' = ANY (p.proconfig), false)),
          '{}', 'definer''s functions have a fixed search path');
SELECT is((SELECT count(*) FROM pg_proc AS p, aclexplode(p.proacl) AS a
            WHERE p.pronamespace = 'pledge'::regnamespace AND a.grantee = 0), 0::bigint,
          'nothing is granted to everybody');

-- Permissions.
SELECT is(ARRAY(SELECT permission::text FROM role_permission
                 WHERE role = 'host_administrator' ORDER BY 1),
          '{authority.create,authority.read,host.audit,member.read,member.write,personal.erase,'
          'personal.read,provider.read,provider.write,retention.read,retention.write}',
          'host administrators see no content');
SELECT is(ARRAY(SELECT permission::text FROM role_permission
                 WHERE role = 'partner_agency' ORDER BY 1),
          '{action.note,action.read,authority.read,commitment.read,consultation.read,indicator.read,pledge.read,population.read,rating.read,rating.reply,return.read,'
          'return.submit,round.read,sign_up.read,sign_up.sign,sign_up.withdraw,strategy.assess,strategy.read,task.read,visit.answer,'
          'visit.read,work.read,work.record}',
          'partner agencies read little, submit, reply and sign');
SELECT ok(NOT EXISTS (SELECT FROM role_permission WHERE role = 'director'
                         AND permission ~ '(write|create|adopt|review)$'),
          'directors change nothing but returns');

-- Settings, pages, masks and dates.
SELECT pg_temp.act('', '', '', '');
SELECT ok(app_authority() IS NULL AND app_role() IS NULL AND app_owner() IS NULL
          AND app_principal() IS NULL, 'an empty setting is no setting');
SELECT is(ARRAY[page_limit(0), page_limit(7), page_limit(9999)], '{50,7,1000}', 'page sizes');
SELECT is(pg_temp.broken('SELECT page_limit(-1)'), '{page_size}', 'no negative page');
SELECT is(page_after(page_next('{a,zürich,c}', 2, 'owners'), 'owners'), 'zürich',
          'a token leads back to its key');
SELECT is(page_next('{a,b}', 2, 'owners'), '', 'the last page has no token');
SELECT is(pg_temp.broken($$SELECT page_next('{}', 2, 'owners', 'x')$$), '{page_token}',
          'the token before is checked, also where there are no rows');
SELECT matches(page_next(ARRAY[repeat('k', 200), 'l'], 1, 'owners'), '^[A-Za-z0-9_-]+$',
               'a token needs no escapes');
SELECT is((pg_temp.failure(format('SELECT page_after(%L, %L)', t, 'owners'))).state, 'PL400',
          'a token that is none: ' || t)
  FROM (VALUES ('%%'), ('abc'), (page_next('{a,b}', 1, 'bodies')), ('_'), ('w6k')) AS x (t);
SELECT is(date_or_null(d), r, 'the day ' || d)
  FROM (VALUES ('2016-02-29', '2016-02-29'::date), ('2015-02-29', NULL), ('2016-13-01', NULL),
               ('2016-00-10', NULL), ('0000-01-01', NULL), ('2016-7-1', NULL), ('', NULL),
               ('2016-04-31', NULL), ('2016-12-31', '2016-12-31')) AS x (d, r);
SELECT ok(masked('words.pledge', '{}') AND masked('words.pledge', '{words}')
          AND masked('words.pledge', '{words.pledge}')
          AND NOT masked('words.pledge', '{words.board,word}'), 'masks');

SELECT pg_temp.act('north');
SET LOCAL ROLE pledged;
SELECT is(pg_temp.broken($$SELECT authority_update('', '', '', '', '', '{name}')$$),
          '{update_mask}', 'a name cannot be changed');
SELECT is((pg_temp.failure($$SELECT authority_update('X', '', '', '', 'r99', '{}')$$)).state,
          'PL410', 'a stale etag');
SELECT lives_ok($$SELECT authority_update('', '', 'vow', '', '', '{words.statement}')$$,
                'one word alone changes');
SELECT is((SELECT display_name || word_pledge || word_statement || revision FROM authority),
          'North Councilpromisevow2', 'and nothing else, but the revision');
SELECT is(pg_temp.broken($$SELECT body_update('council', 'X', 'panel', 0, '{}', NULL, '', '{}')$$),
          '{body.parent_body}', 'no body reports to itself through others');
SELECT is((pg_temp.failure($$SELECT owner_update('department', 'police', 'X', '', '', '{}')
    $$)).state, 'PL404', 'an agency is no department');
SELECT is(pg_temp.broken($$SELECT owner_create('department', 'police', 'X', '')$$),
          '{department_id}', 'owners share their identifiers');

SELECT * FROM finish();
ROLLBACK;
