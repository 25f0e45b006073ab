-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:change to pg
-- What changed, in order, for those who watch an authority. Each authority counts its changes
-- without a gap, in the order of their commits: the count is taken as the transaction commits,
-- and whoever commits next in the same authority waits that moment. So a reader who goes on from
-- the last number that it read misses nothing.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE change_count (
    authority_id text COLLATE "C" NOT NULL,
    last         bigint NOT NULL,
    CONSTRAINT change_count_authority_id_unique PRIMARY KEY (authority_id),
    CONSTRAINT change_count_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT change_count_last_range CHECK (last >= 1)
);
COMMENT ON CONSTRAINT change_count_authority_id_unique ON change_count
    IS 'authority_id: is counted already';
COMMENT ON CONSTRAINT change_count_parent_exists ON change_count IS 'parent: names no authority';
COMMENT ON CONSTRAINT change_count_last_range ON change_count IS 'last: counts from 1';

CREATE TABLE change (
    authority_id text COLLATE "C" NOT NULL,
    number       bigint NOT NULL,
    kind         text NOT NULL,
    name         text NOT NULL,
    permission   text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C",
    told         boolean NOT NULL DEFAULT true,
    before_hash  text NOT NULL DEFAULT '',
    after_hash   text NOT NULL DEFAULT '',
    recorded_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT change_number_unique PRIMARY KEY (authority_id, number),
    CONSTRAINT change_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT change_kind_known CHECK (kind IN ('created', 'updated', 'deleted'))
);
COMMENT ON TABLE change IS 'Each change of a row that is a resource or a part of one. permission:'
    ' what it takes to read the resource. owner_id: the one owner whose resource it is, where other'
    ' agencies may not see it. told: those who watch hear of it; many parts of one resource in one'
    ' transaction are told once. before_hash, after_hash: SHA-256 of the row as JSON.';
COMMENT ON CONSTRAINT change_number_unique ON change IS 'number: is taken';
COMMENT ON CONSTRAINT change_parent_exists ON change IS 'parent: names no authority';
COMMENT ON CONSTRAINT change_kind_known ON change IS 'kind: must be created, updated or deleted';

ALTER TABLE change_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE change_count FORCE ROW LEVEL SECURITY;
CREATE POLICY change_count_tenant ON change_count
    USING (authority_id = app_authority() OR app_role() = 'host_administrator')
    WITH CHECK (authority_id = app_authority() OR app_role() = 'host_administrator');
ALTER TABLE change ENABLE ROW LEVEL SECURITY;
ALTER TABLE change FORCE ROW LEVEL SECURITY;
CREATE POLICY change_record ON change FOR INSERT
    WITH CHECK (authority_id = app_authority() OR app_role() = 'host_administrator');
-- Nobody hears of what they may not read.
CREATE POLICY change_tenant ON change FOR SELECT
    USING (authority_id = app_authority()
        AND (owner_id IS NULL OR app_role() IS DISTINCT FROM 'partner_agency'
            OR owner_id = app_owner())
        AND EXISTS (SELECT FROM role_permission AS r
                     WHERE r.role = app_role() AND r.permission = change.permission));

-- TG_ARGV: the permission; a format of the name after the authority's; the columns that fill it.
CREATE FUNCTION change_record() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_row jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
    v_kind text := CASE
        WHEN TG_OP = 'DELETE' THEN 'deleted'
        WHEN TG_OP = 'UPDATE' OR v_row ? 'move' OR (v_row ->> 'submission')::int > 1
        THEN 'updated' ELSE 'created' END;
    v_name text;
    v_parts text[] := ARRAY(SELECT v_row ->> c FROM unnest(TG_ARGV[2:]) WITH ORDINALITY AS u (c, i)
                             ORDER BY i);
    v_number bigint;
    v_told boolean;
BEGIN
    v_name := coalesce(v_row ->> 'resource_name', 'authorities/' || (v_row ->> 'authority_id')
        || format(TG_ARGV[1], VARIADIC v_parts));
    IF TG_TABLE_NAME IN ('outcome', 'lineage', 'commitment_statement', 'acknowledgement',
            'audience_count', 'indicator_value', 'consultation_group', 'consultation_question', 'consultation_option',
            'amendment_decision', 'route_step', 'route_move',
            'route_recorder', 'endorsement_draft', 'endorsement_notice', 'endorsement_decision',
            'signing_key_revocation', 'service_key', 'signature_withdrawal',
            'endorsement_withdrawal', 'endorsement_call_in', 'endorsement_call_in_outcome',
            'make_up_group', 'rating_reply', 'body_quorum', 'meeting_item',
            'meeting_paper', 'meeting_attendance', 'meeting_decision', 'action_note',
            'raised_issue_move', 'briefing_body', 'briefing_attendance', 'briefing_headcount',
            'strategy_statement', 'strategy_review', 'visit_answer', 'proposal_decision',
            'work_item_revision', 'work_milestone_mark', 'work_progress', 'work_offer', 'work_achievement')
        OR TG_TABLE_NAME = 'route' AND (v_row ->> 'route_revision')::int > 1
        OR TG_TABLE_NAME = 'population' AND (v_row ->> 'entry')::int > 1
        OR TG_TABLE_NAME = 'indicator' AND (v_row ->> 'revision')::int > 1 THEN
        v_kind := 'updated'; -- they are parts of the resource that is named
    END IF;
    v_told := v_kind <> 'updated' OR current_setting('pledge.changed', true) IS DISTINCT FROM v_name;
    INSERT INTO change_count AS c (authority_id, last) VALUES (v_row ->> 'authority_id', 1)
    ON CONFLICT (authority_id) DO UPDATE SET last = c.last + 1
    RETURNING last INTO v_number;
    PERFORM set_config('pledge.changed', v_name, true), set_config('pledge.change_last',
        v_number::text, true);
    IF coalesce(current_setting('pledge.change_first', true), '') = '' THEN
        PERFORM set_config('pledge.change_first', v_number::text, true),
            set_config('pledge.change_authority', v_row ->> 'authority_id', true);
    END IF;
    INSERT INTO change (authority_id, number, kind, name, permission, owner_id, told, before_hash,
                        after_hash)
    VALUES (v_row ->> 'authority_id', v_number, v_kind, v_name, TG_ARGV[0],
            CASE WHEN v_row ? 'submission' THEN v_row ->> 'owner_id' END, v_told,
            CASE TG_OP WHEN 'INSERT' THEN '' ELSE content_hash(to_jsonb(OLD)::text) END,
            CASE TG_OP WHEN 'DELETE' THEN '' ELSE content_hash(to_jsonb(NEW)::text) END);
    PERFORM pg_notify('pledge_change', v_row ->> 'authority_id');
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION change_record() IS 'Counts, records and announces a change at commit. The settings'
    ' pledge.change_first, _last and _authority tell the transaction which changes are its own.';

DO $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT * FROM (VALUES
        ('authority', 'INSERT OR UPDATE', 'authority.read', '', ''),
        ('owner', 'INSERT OR UPDATE', 'authority.read', '/owners/%s', 'owner_id'),
        ('body', 'INSERT OR UPDATE', 'authority.read', '/bodies/%s', 'body_id'),
        ('body_member', 'INSERT OR UPDATE', 'authority.read', '/bodies/%s/members/%s',
            'body_id,body_member_id'),
        ('member', 'INSERT OR UPDATE OR DELETE', 'member.read', '/members/%s', 'member_id'),
        ('identity_provider', 'INSERT OR UPDATE OR DELETE', 'provider.read', '/identityProvider', ''),
        ('pledge', 'INSERT OR UPDATE', 'pledge.read', '/pledges/%s', 'pledge_id'),
        ('version', 'INSERT OR UPDATE', 'pledge.read', '/pledges/%s/versions/%s',
            'pledge_id,version_number'),
        ('outcome', 'INSERT OR UPDATE OR DELETE', 'pledge.read', '/pledges/%s/versions/%s',
            'pledge_id,version_number'),
        ('lineage', 'INSERT OR UPDATE OR DELETE', 'pledge.read', '/pledges/%s/versions/%s',
            'pledge_id,version_number'),
        ('statement', 'INSERT OR UPDATE OR DELETE', 'pledge.read',
            '/pledges/%s/versions/%s/statements/%s', 'pledge_id,version_number,statement_id'),
        ('route', 'INSERT', 'route.read', '/routes/%s', 'route_id'),
        ('route_step', 'INSERT', 'route.read', '/routes/%s', 'route_id'),
        ('route_move', 'INSERT', 'route.read', '/routes/%s', 'route_id'),
        ('route_recorder', 'INSERT', 'route.read', '/routes/%s', 'route_id'),
        ('meeting', 'INSERT', 'endorsement.read', '/bodies/%s/meetings/%s', 'body_id,meeting_id'),
        ('endorsement', 'INSERT', 'endorsement.read', '/pledges/%s/versions/%s/endorsements/%s',
            'pledge_id,version_number,endorsement_id'),
        ('endorsement_draft', 'INSERT', 'endorsement.read',
            '/pledges/%s/versions/%s/endorsements/%s', 'pledge_id,version_number,endorsement_id'),
        ('endorsement_notice', 'INSERT', 'endorsement.read',
            '/pledges/%s/versions/%s/endorsements/%s', 'pledge_id,version_number,endorsement_id'),
        ('endorsement_decision', 'INSERT', 'endorsement.read',
            '/pledges/%s/versions/%s/endorsements/%s', 'pledge_id,version_number,endorsement_id'),
        ('endorsement_withdrawal', 'INSERT', 'endorsement.read',
            '/pledges/%s/versions/%s/endorsements/%s', 'pledge_id,version_number,endorsement_id'),
        ('endorsement_call_in', 'INSERT', 'endorsement.read',
            '/pledges/%s/versions/%s/endorsements/%s', 'pledge_id,version_number,endorsement_id'),
        ('endorsement_call_in_outcome', 'INSERT', 'endorsement.read',
            '/pledges/%s/versions/%s/endorsements/%s', 'pledge_id,version_number,endorsement_id'),
        ('commitment', 'INSERT OR UPDATE', 'commitment.read', '/commitments/%s', 'commitment_id'),
        ('commitment_statement', 'INSERT OR UPDATE', 'commitment.read', '/commitments/%s',
            'commitment_id'),
        ('round', 'INSERT OR UPDATE', 'round.read', '/rounds/%s', 'round_id'),
        ('issue', 'INSERT', 'promotion.read', '/issues/%s', 'issue_id'),
        ('acknowledgement', 'INSERT', 'promotion.read', '/issues/%s', 'issue_id'),
        ('audience_count', 'INSERT', 'promotion.read', '', ''),
        ('launch_event', 'INSERT', 'promotion.read', '/launchEvents/%s', 'launch_event_id'),
        ('population', 'INSERT', 'population.read', '/populations/%s', 'counted_on'),
        ('indicator', 'INSERT', 'indicator.read', '/indicators/%s', 'indicator_id'),
        ('indicator_value', 'INSERT', 'indicator.read', '/indicators/%s', 'indicator_id'),
        ('signing_event', 'INSERT', 'sign_up.read', '/signingEvents/%s', 'signing_event_id'),
        ('signing_key', 'INSERT', 'sign_up.read', '/signingKeys/%s', 'signing_key_id'),
        ('signing_key_revocation', 'INSERT', 'sign_up.read', '/signingKeys/%s', 'signing_key_id'),
        ('service_key', 'INSERT', 'sign_up.read', '', ''),
        ('consultation', 'INSERT OR UPDATE', 'consultation.read', '/consultations/%s',
            'consultation_id'),
        ('consultation_group', 'INSERT', 'consultation.read', '/consultations/%s',
            'consultation_id'),
        ('consultation_question', 'INSERT OR UPDATE', 'consultation.read', '/consultations/%s',
            'consultation_id'),
        ('consultation_option', 'INSERT', 'consultation.read', '/consultations/%s',
            'consultation_id'),
        ('amendment', 'INSERT', 'consultation.read', '/consultations/%s/amendments/%s',
            'consultation_id,amendment_id'),
        ('amendment_decision', 'INSERT', 'consultation.read', '/consultations/%s/amendments/%s',
            'consultation_id,amendment_id'),
        ('said_done', 'INSERT OR UPDATE', 'consultation.read', '/consultations/%s/saidDone/%s',
            'consultation_id,entry'),
        ('body_quorum', 'INSERT', 'meeting.read', '/bodies/%s', 'body_id'),
        ('meeting_item', 'INSERT', 'meeting.read', '/bodies/%s/meetings/%s', 'body_id,meeting_id'),
        ('meeting_paper', 'INSERT', 'meeting.read', '/bodies/%s/meetings/%s', 'body_id,meeting_id'),
        ('meeting_attendance', 'INSERT', 'meeting.read', '/bodies/%s/meetings/%s', 'body_id,meeting_id'),
        ('meeting_decision', 'INSERT', 'meeting.read', '/bodies/%s/meetings/%s', 'body_id,meeting_id'),
        ('meeting_action', 'INSERT', 'meeting.read', '/bodies/%s/meetings/%s/actions/%s',
            'body_id,meeting_id,action'),
        ('action_note', 'INSERT', 'meeting.read', '/bodies/%s/meetings/%s/actions/%s',
            'body_id,meeting_id,action'),
        ('programme', 'INSERT', 'work.read', '/programmes/%s', 'programme_id'),
        ('proposal_decision', 'INSERT', 'work.read', '/programmes/%s/proposals/%s', 'programme_id,number'),
        ('work_item', 'INSERT', 'work.read', '/workItems/%s', 'work_item_id'),
        ('work_item_revision', 'INSERT', 'work.read', '/workItems/%s', 'work_item_id'),
        ('work_milestone', 'INSERT', 'work.read', '/workItems/%s/milestones/%s', 'work_item_id,milestone'),
        ('work_milestone_mark', 'INSERT', 'work.read', '/workItems/%s/milestones/%s', 'work_item_id,milestone'),
        ('work_progress', 'INSERT', 'work.read', '/workItems/%s', 'work_item_id'),
        ('work_offer', 'INSERT', 'work.read', '/workItems/%s', 'work_item_id'),
        ('work_achievement', 'INSERT', 'work.read', '/workItems/%s', 'work_item_id'),
        ('cicc_setting', 'INSERT OR UPDATE', 'cicc.read', '', ''),
        ('make_up', 'INSERT', 'cicc.read', '/makeUps/%s', 'make_up_id'),
        ('make_up_group', 'INSERT', 'cicc.read', '/makeUps/%s', 'make_up_id'),
        ('cicc_session', 'INSERT', 'cicc.read', '/bodies/%s/meetings/%s', 'body_id,meeting_id'),
        ('statement_rating', 'INSERT', 'cicc.read',
            '/pledges/%s/versions/%s/statements/%s/ratings/%s',
            'pledge_id,version_number,statement_id,rating'),
        ('rating_reply', 'INSERT', 'cicc.read', '/pledges/%s/versions/%s/statements/%s/ratings/%s',
            'pledge_id,version_number,statement_id,rating'),
        ('raised_issue', 'INSERT', 'cicc.read', '/raisedIssues/%s', 'raised_issue_id'),
        ('raised_issue_move', 'INSERT', 'cicc.read', '/raisedIssues/%s', 'raised_issue_id'),
        ('briefing', 'INSERT OR UPDATE', 'briefing.read', '/briefings/%s', 'briefing_id'),
        ('briefing_body', 'INSERT', 'briefing.read', '/briefings/%s', 'briefing_id'),
        ('briefing_attendance', 'INSERT', 'briefing.read', '/briefings/%s', 'briefing_id'),
        ('briefing_headcount', 'INSERT', 'briefing.read', '/briefings/%s', 'briefing_id'),
        ('strategy', 'INSERT OR UPDATE', 'strategy.read', '/strategies/%s', 'strategy_id'),
        ('strategy_statement', 'INSERT OR UPDATE', 'strategy.read', '/strategies/%s', 'strategy_id'),
        ('strategy_review', 'INSERT', 'strategy.read', '/strategies/%s', 'strategy_id'),
        ('visit', 'INSERT', 'cicc.read', '/visits/%s', 'visit_id'),
        ('visit_answer', 'INSERT', 'cicc.read', '/visits/%s', 'visit_id'),
        ('return_submission', 'INSERT', 'return.read', '/rounds/%s/returns/%s',
            'round_id,owner_id'),
        ('return_move', 'INSERT', 'return.read', '/rounds/%s/returns/%s', 'round_id,owner_id'),
        ('return_draft', 'INSERT OR UPDATE OR DELETE', 'return.read', '/rounds/%s/returns/%s',
            'round_id,owner_id'),
        ('roll_up', 'INSERT', 'monitor.read', '', ''),
        ('round_extension', 'INSERT', 'round.read', '/rounds/%s', 'round_id'),
        ('reminder', 'INSERT', 'return.read', '/rounds/%s/returns/%s', 'round_id,owner_id'),
        ('reminder_policy', 'INSERT OR UPDATE', 'reminder.read', '/reminderRules', ''),
        ('reminder_rule', 'INSERT OR DELETE', 'reminder.read', '/reminderRules', ''),
        ('reminder_address', 'INSERT OR UPDATE OR DELETE', 'reminder.read', '/reminderAddresses/%s', 'address_key')
    ) AS t (name, events, permission, form, columns) LOOP
        EXECUTE format('CREATE CONSTRAINT TRIGGER %I AFTER %s ON %I DEFERRABLE INITIALLY DEFERRED'
            ' FOR EACH ROW EXECUTE FUNCTION change_record(%L, %L%s)',
            v.name || '_change', v.events, v.name, v.permission, v.form,
            CASE v.columns WHEN '' THEN '' ELSE
                ', ' || (SELECT string_agg(quote_literal(c), ', ' ORDER BY i)
                           FROM unnest(string_to_array(v.columns, ',')) WITH ORDINALITY AS u (c, i))
            END);
    END LOOP;
END
$$;

-- Of how a young person signed nobody hears but those who may see it.
CREATE CONSTRAINT TRIGGER signature_change AFTER INSERT ON signature
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind <> 'young_person')
    EXECUTE FUNCTION change_record('sign_up.read', '/pledges/%s/versions/%s/signatures/%s',
        'pledge_id', 'version_number', 'signature_id');
CREATE CONSTRAINT TRIGGER signature_young_change AFTER INSERT OR UPDATE ON signature
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'young_person')
    EXECUTE FUNCTION change_record('sign_up.youth', '/pledges/%s/versions/%s/signatures/%s',
        'pledge_id', 'version_number', 'signature_id');
CREATE CONSTRAINT TRIGGER signature_withdrawal_change AFTER INSERT ON signature_withdrawal
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NOT NEW.young)
    EXECUTE FUNCTION change_record('sign_up.read', '/pledges/%s/versions/%s/signatures/%s',
        'pledge_id', 'version_number', 'signature_id');

-- A cursor is the number of the last change that was told, behind a letter that says of what.
CREATE FUNCTION change_after(p_cursor text) RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_last bigint := coalesce((SELECT last FROM change_count
                                WHERE authority_id = app_authority()), 0);
BEGIN
    IF p_cursor = '' THEN
        RETURN v_last;
    ELSIF p_cursor !~ '^c[0-9]{1,18}$' OR substr(p_cursor, 2)::bigint > v_last THEN
        PERFORM fail('PL400', 'The cursor is none of this authority. Start again without it.',
            'cursor');
    END IF;
    RETURN substr(p_cursor, 2)::bigint;
END
$$;
COMMENT ON FUNCTION change_after(text)
    IS 'The number after which a cursor goes on; the latest for the empty one.';

COMMIT;
