-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:words to pg
-- What becomes of words: texts are looked at before anybody outside the voice team sees them; amendments
-- are proposed against exact words of a draft and decided with a reason; and those who were asked hear
-- what was done. A text that is marked as a safeguarding concern is from that moment in no list, no count
-- and no change: row-level security shows it, and that it was ever looked at, to the safeguarding
-- officer alone.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE response_text_move (
    authority_id text COLLATE "C" NOT NULL,
    text_id      uuid NOT NULL,
    move         int NOT NULL,
    state        text NOT NULL,
    reason       text NOT NULL DEFAULT '',
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT response_text_move_move_unique PRIMARY KEY (authority_id, text_id, move),
    CONSTRAINT response_text_move_text_exists
        FOREIGN KEY (authority_id, text_id) REFERENCES response_text,
    CONSTRAINT response_text_move_state_known CHECK (state IN ('shown', 'hidden', 'concern')),
    CONSTRAINT response_text_move_reason_length CHECK (char_length(reason) <= 2000),
    CONSTRAINT response_text_move_reason_needed CHECK (state = 'shown' OR is_said(reason))
);
COMMENT ON CONSTRAINT response_text_move_move_unique ON response_text_move
    IS 'move: is recorded already';
COMMENT ON CONSTRAINT response_text_move_text_exists ON response_text_move IS 'name: names no text';
COMMENT ON CONSTRAINT response_text_move_state_known ON response_text_move
    IS 'state: must be shown, hidden or concern';
COMMENT ON CONSTRAINT response_text_move_reason_length ON response_text_move
    IS 'reason: must have at most 2000 characters';
COMMENT ON CONSTRAINT response_text_move_reason_needed ON response_text_move
    IS 'reason: must say why a text is hidden or a concern';

CREATE TABLE amendment (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    amendment_id    text COLLATE "C" NOT NULL,
    statement_id    text COLLATE "C" NOT NULL,
    exact_words     text NOT NULL,
    proposed_words  text NOT NULL,
    reason          text NOT NULL DEFAULT '',
    group_id        text COLLATE "C",
    body_id         text COLLATE "C",
    create_time     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT amendment_amendment_id_unique
        PRIMARY KEY (authority_id, consultation_id, amendment_id),
    CONSTRAINT amendment_consultation_exists
        FOREIGN KEY (authority_id, consultation_id) REFERENCES consultation,
    CONSTRAINT amendment_group_id_exists
        FOREIGN KEY (authority_id, consultation_id, group_id) REFERENCES consultation_group,
    CONSTRAINT amendment_body_exists FOREIGN KEY (authority_id, body_id) REFERENCES body,
    CONSTRAINT amendment_amendment_id_form CHECK (is_id(amendment_id)),
    CONSTRAINT amendment_exact_words_length
        CHECK (is_said(exact_words) AND char_length(exact_words) <= 2000),
    CONSTRAINT amendment_proposed_words_length CHECK (char_length(proposed_words) <= 2000),
    CONSTRAINT amendment_proposed_words_other CHECK (proposed_words <> exact_words),
    CONSTRAINT amendment_reason_length CHECK (char_length(reason) <= 2000),
    CONSTRAINT amendment_group_id_or_body CHECK ((group_id IS NULL) <> (body_id IS NULL))
);
COMMENT ON TABLE amendment IS 'proposed_words: empty to leave the exact words out';
COMMENT ON CONSTRAINT amendment_amendment_id_unique ON amendment
    IS 'amendment_id: is already the identifier of another amendment';
COMMENT ON CONSTRAINT amendment_consultation_exists ON amendment
    IS 'parent: names no consultation';
COMMENT ON CONSTRAINT amendment_group_id_exists ON amendment
    IS 'group_id: names no group of the consultation';
COMMENT ON CONSTRAINT amendment_body_exists ON amendment IS 'body: names no body';
COMMENT ON CONSTRAINT amendment_amendment_id_form ON amendment
    IS 'amendment_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT amendment_exact_words_length ON amendment
    IS 'exact_words: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT amendment_proposed_words_length ON amendment
    IS 'proposed_words: must have at most 2000 characters';
COMMENT ON CONSTRAINT amendment_proposed_words_other ON amendment
    IS 'proposed_words: must differ from the exact words';
COMMENT ON CONSTRAINT amendment_reason_length ON amendment
    IS 'reason: must have at most 2000 characters';
COMMENT ON CONSTRAINT amendment_group_id_or_body ON amendment
    IS 'group_id: an amendment is proposed by a group or by a body';
CREATE INDEX amendment_group ON amendment (authority_id, consultation_id, group_id);
CREATE INDEX amendment_body ON amendment (authority_id, body_id);

CREATE TABLE amendment_decision (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    amendment_id    text COLLATE "C" NOT NULL,
    state           text NOT NULL,
    reason          text NOT NULL,
    decided_on      date NOT NULL,
    principal_id    uuid NOT NULL,
    recorded_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT amendment_decision_amendment_once
        PRIMARY KEY (authority_id, consultation_id, amendment_id),
    CONSTRAINT amendment_decision_amendment_exists
        FOREIGN KEY (authority_id, consultation_id, amendment_id) REFERENCES amendment,
    CONSTRAINT amendment_decision_state_known CHECK (state IN ('accepted', 'rejected')),
    CONSTRAINT amendment_decision_reason_length
        CHECK (is_said(reason) AND char_length(reason) <= 2000)
);
COMMENT ON CONSTRAINT amendment_decision_amendment_once ON amendment_decision
    IS 'name: is decided already';
COMMENT ON CONSTRAINT amendment_decision_amendment_exists ON amendment_decision
    IS 'name: names no amendment';
COMMENT ON CONSTRAINT amendment_decision_state_known ON amendment_decision
    IS 'decision: must be accepted or rejected';
COMMENT ON CONSTRAINT amendment_decision_reason_length ON amendment_decision
    IS 'reason: must have 1 to 2000 characters';

CREATE TABLE said_done (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    entry           int NOT NULL,
    said            text NOT NULL,
    done            text NOT NULL,
    question        int,
    amendment_id    text COLLATE "C",
    publish_time    timestamptz,
    create_time     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT said_done_entry_unique PRIMARY KEY (authority_id, consultation_id, entry),
    CONSTRAINT said_done_consultation_exists
        FOREIGN KEY (authority_id, consultation_id) REFERENCES consultation,
    CONSTRAINT said_done_question_exists
        FOREIGN KEY (authority_id, consultation_id, question) REFERENCES consultation_question,
    CONSTRAINT said_done_amendment_id_exists
        FOREIGN KEY (authority_id, consultation_id, amendment_id) REFERENCES amendment,
    CONSTRAINT said_done_entry_range CHECK (entry BETWEEN 1 AND 500),
    CONSTRAINT said_done_said_length CHECK (is_said(said) AND char_length(said) <= 2000),
    CONSTRAINT said_done_done_length CHECK (is_said(done) AND char_length(done) <= 2000)
);
COMMENT ON CONSTRAINT said_done_entry_unique ON said_done IS 'entry: has that number already';
COMMENT ON CONSTRAINT said_done_consultation_exists ON said_done
    IS 'parent: names no consultation';
COMMENT ON CONSTRAINT said_done_question_exists ON said_done
    IS 'question: is no question of the consultation';
COMMENT ON CONSTRAINT said_done_amendment_id_exists ON said_done
    IS 'amendment_id: names no amendment of the consultation';
COMMENT ON CONSTRAINT said_done_entry_range ON said_done IS 'entry: a consultation has at most 500';
COMMENT ON CONSTRAINT said_done_said_length ON said_done IS 'said: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT said_done_done_length ON said_done IS 'done: must have 1 to 2000 characters';

DO $$ BEGIN
    PERFORM tenant_tables('{amendment,amendment_decision}');
    PERFORM tenant_tables('{response_text_move,said_done}', NULL);
END $$;
-- What is not published yet is the voice team's.
CREATE POLICY said_done_tenant ON said_done
    USING (authority_id = app_authority() AND (publish_time IS NOT NULL OR in_voice_team()))
    WITH CHECK (authority_id = app_authority());
-- Who may not see a text may not see what was done with it: the subquery sees what the caller sees.
CREATE POLICY response_text_move_tenant ON response_text_move
    USING (authority_id = app_authority() AND EXISTS (
        SELECT FROM response_text AS t
         WHERE t.authority_id = response_text_move.authority_id
           AND t.text_id = response_text_move.text_id))
    WITH CHECK (authority_id = app_authority());
CREATE POLICY response_text_move_definer ON response_text_move TO CURRENT_USER
    USING (true) WITH CHECK (true);

CREATE FUNCTION text_name(p_authority text, p_consultation text, p_text uuid) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT 'authorities/' || p_authority
        || coalesce('/consultations/' || p_consultation || '/texts/', '/words/') || p_text
$$;

-- In a group that is too small to be counted a text has no group, and outside the voice team no day.
CREATE VIEW response_text_resource WITH (security_invoker = true) AS
    SELECT t.authority_id, t.consultation_id, t.text_id::text AS text_id,
           text_name(t.authority_id, t.consultation_id, t.text_id) AS name,
           t.question, CASE WHEN g.suppressed THEN '' ELSE t.group_id END AS group_id,
           CASE WHEN in_voice_team() THEN t.received_on END AS received_on, t.text, t.state
      FROM response_text AS t
      JOIN consulted_group_resource AS g ON g.authority_id = t.authority_id
       AND g.consultation_id = t.consultation_id AND g.group_id = t.group_id
     WHERE t.state <> 'concern';
COMMENT ON VIEW response_text_resource IS 'Texts as the API shows them to those who may see them';

CREATE VIEW amendment_resource WITH (security_invoker = true) AS
    SELECT a.authority_id, a.consultation_id, a.amendment_id,
           'authorities/' || a.authority_id || '/consultations/' || a.consultation_id
               || '/amendments/' || a.amendment_id AS name,
           a.statement_id, a.exact_words, a.proposed_words, a.reason,
           coalesce(a.group_id, '') AS group_id,
           coalesce('authorities/' || a.authority_id || '/bodies/' || a.body_id, '') AS body,
           coalesce(d.state, 'proposed') AS state, coalesce(d.reason, '') AS decision_reason,
           d.decided_on, a.create_time
      FROM amendment AS a
      LEFT JOIN amendment_decision AS d ON d.authority_id = a.authority_id
       AND d.consultation_id = a.consultation_id AND d.amendment_id = a.amendment_id;
COMMENT ON VIEW amendment_resource IS 'Amendments as the API shows them';

CREATE VIEW said_done_resource WITH (security_invoker = true) AS
    SELECT s.authority_id, s.consultation_id, s.entry,
           'authorities/' || s.authority_id || '/consultations/' || s.consultation_id
               || '/saidDone/' || s.entry AS name,
           s.said, s.done, coalesce(s.question, 0) AS question,
           coalesce(s.amendment_id, '') AS amendment_id, s.publish_time, s.create_time
      FROM said_done AS s;
COMMENT ON VIEW said_done_resource IS 'What was said and done, as the API shows it';

-- p_consultation: NULL for words that are of none. Who calls hears the same of a text that is a concern as of one that is not there.
CREATE FUNCTION response_text_moderate(p_consultation text, p_text text, p_state text,
                                       p_reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v response_text;
BEGIN
    IF p_state NOT IN ('shown', 'hidden', 'concern') THEN
        PERFORM fail('PL400', 'Say shown, hidden or concern.', 'state');
    END IF;
    SELECT * INTO v FROM response_text AS t
     WHERE t.authority_id = app_authority() AND t.text_id = uuid_or_null(p_text)
       AND t.consultation_id IS NOT DISTINCT FROM p_consultation AND t.state <> 'concern'
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such text.', 'name');
    ELSIF v.erased_on IS NOT NULL THEN
        PERFORM fail('PL412', 'These words are no longer kept.', 'name');
    ELSIF v.state = p_state THEN
        RETURN;
    END IF;
    INSERT INTO response_text_move (authority_id, text_id, move, state, reason, principal_id)
    SELECT v.authority_id, v.text_id, count(*) + 1, p_state, p_reason, app_principal()
      FROM response_text_move AS m
     WHERE m.authority_id = v.authority_id AND m.text_id = v.text_id;
    UPDATE response_text AS t SET state = p_state
     WHERE t.authority_id = v.authority_id AND t.text_id = v.text_id;
END
$$;

CREATE FUNCTION amendment_propose(p_consultation text, p_id text, p_statement text, p_exact text,
                                  p_proposed text, p_reason text, p_group text, p_body text)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_text text;
BEGIN
    PERFORM FROM consultation AS c
      WHERE c.authority_id = app_authority() AND c.consultation_id = p_consultation;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no consultation ' || p_consultation || '.', 'parent');
    END IF;
    SELECT s.text INTO v_text FROM consultation AS c
      JOIN statement AS s ON s.authority_id = c.authority_id AND s.pledge_id = c.pledge_id
       AND s.version_number = c.version_number
     WHERE c.authority_id = app_authority() AND c.consultation_id = p_consultation
       AND s.statement_id = p_statement;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'The draft has no statement ' || p_statement || '.',
            'amendment.statement_id');
    ELSIF p_exact = '' OR strpos(v_text, p_exact) = 0 THEN
        PERFORM fail('PL400', 'These words are not in the statement.', 'amendment.exact_words');
    ELSIF strpos(substr(v_text, strpos(v_text, p_exact) + 1), p_exact) > 0 THEN
        PERFORM fail('PL400', 'These words are in the statement more than once: give more of them.',
            'amendment.exact_words');
    END IF;
    INSERT INTO amendment (authority_id, consultation_id, amendment_id, statement_id, exact_words,
                           proposed_words, reason, group_id, body_id)
    VALUES (app_authority(), p_consultation, p_id, p_statement, p_exact, p_proposed, p_reason,
            nullif(p_group, ''), nullif(p_body, ''))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already an amendment ' || p_id || '.', 'amendment_id');
    END IF;
END
$$;

CREATE FUNCTION amendment_decide(p_consultation text, p_id text, p_state text, p_reason text,
                                 p_decided_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM amendment AS a
      WHERE a.authority_id = app_authority() AND a.consultation_id = p_consultation
        AND a.amendment_id = p_id;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no amendment ' || p_id || '.', 'name');
    ELSIF p_decided_on > current_date THEN
        PERFORM fail('PL400', 'The decision cannot be in the future.', 'decided_on');
    END IF;
    INSERT INTO amendment_decision (authority_id, consultation_id, amendment_id, state, reason,
                                    decided_on, principal_id)
    VALUES (app_authority(), p_consultation, p_id, p_state, p_reason,
            coalesce(p_decided_on, current_date), app_principal())
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL412', 'Amendment ' || p_id || ' is decided.', 'name');
    END IF;
END
$$;

CREATE FUNCTION said_done_create(p_consultation text, p_said text, p_done text, p_question int,
                                 p_amendment text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_entry int;
BEGIN
    PERFORM FROM consultation AS c
      WHERE c.authority_id = app_authority() AND c.consultation_id = p_consultation FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no consultation ' || p_consultation || '.', 'parent');
    ELSIF p_amendment <> '' AND NOT EXISTS (SELECT FROM amendment_resource AS a
            WHERE a.authority_id = app_authority() AND a.consultation_id = p_consultation
              AND a.amendment_id = p_amendment AND a.state <> 'proposed') THEN
        PERFORM fail('PL412', 'There is no such amendment that is decided.',
            'said_done.amendment_id');
    END IF;
    SELECT coalesce(max(s.entry), 0) + 1 INTO v_entry FROM said_done AS s
     WHERE s.authority_id = app_authority() AND s.consultation_id = p_consultation;
    INSERT INTO said_done (authority_id, consultation_id, entry, said, done, question, amendment_id)
    VALUES (app_authority(), p_consultation, v_entry, p_said, p_done, nullif(p_question, 0),
            nullif(p_amendment, ''));
END
$$;

CREATE FUNCTION said_done_publish(p_consultation text, p_entry text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    UPDATE said_done SET publish_time = coalesce(publish_time, now())
     WHERE authority_id = app_authority() AND consultation_id = p_consultation
       AND entry::text = p_entry;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such entry.', 'name');
    END IF;
END
$$;

INSERT INTO role_permission (role, permission) VALUES
    ('support_worker', 'consultation.moderate');

COMMIT;
