-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:consultation to pg
-- Consultations over a draft: invited groups, questions, one-time codes and what is answered.
--
-- Whoever answers by a code stays unknown. What is kept of a response is its group and its day, and of
-- each answer its question and its group: answers have no response that they belong to, so that five of
-- them together describe nobody. A used code is deleted. No row has a time or a counter. Rows that a
-- transaction writes carry its number and lie where it put them, so each response also writes up to
-- sixteen other rows of each table anew, at random: neither the number nor the order says which is
-- which. Codes, responses and answers count no changes, since a change has a time and a hash of the row;
-- and the audit entry of such a response has no caller, no address, no hash of the request, and the day
-- for its time.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE consultation (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    title           text NOT NULL,
    pledge_id       text COLLATE "C" NOT NULL,
    version_number  int NOT NULL,
    opens_on        date,
    closes_on       date,
    close_time      timestamptz,
    create_time     timestamptz NOT NULL DEFAULT now(),
    update_time     timestamptz NOT NULL DEFAULT now(),
    revision        int NOT NULL DEFAULT 1,
    CONSTRAINT consultation_consultation_id_unique PRIMARY KEY (authority_id, consultation_id),
    CONSTRAINT consultation_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT consultation_consultation_id_form CHECK (is_id(consultation_id)),
    CONSTRAINT consultation_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT consultation_opens_on_needed CHECK (opens_on IS NOT NULL),
    CONSTRAINT consultation_closes_on_needed CHECK (closes_on IS NOT NULL),
    CONSTRAINT consultation_closes_on_order CHECK (closes_on >= opens_on)
);
COMMENT ON CONSTRAINT consultation_consultation_id_unique ON consultation
    IS 'consultation_id: is already the identifier of another consultation';
COMMENT ON CONSTRAINT consultation_version_exists ON consultation
    IS 'version: names no version of a pledge';
COMMENT ON CONSTRAINT consultation_consultation_id_form ON consultation
    IS 'consultation_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT consultation_title_length ON consultation
    IS 'title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT consultation_opens_on_needed ON consultation IS 'opens_on: is needed';
COMMENT ON CONSTRAINT consultation_closes_on_needed ON consultation IS 'closes_on: is needed';
COMMENT ON CONSTRAINT consultation_closes_on_order ON consultation
    IS 'closes_on: must not be before opens_on';
CREATE INDEX consultation_version ON consultation (authority_id, pledge_id, version_number);
CREATE INDEX consultation_opens ON consultation (authority_id, opens_on, consultation_id);

CREATE TABLE consultation_group (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    group_id        text COLLATE "C" NOT NULL,
    position        int NOT NULL,
    kind            text NOT NULL,
    age_from        int NOT NULL DEFAULT 0,
    age_to          int NOT NULL DEFAULT 0,
    invited_count   int NOT NULL DEFAULT 0,
    CONSTRAINT consultation_group_group_id_unique
        PRIMARY KEY (authority_id, consultation_id, group_id),
    CONSTRAINT consultation_group_consultation_exists
        FOREIGN KEY (authority_id, consultation_id) REFERENCES consultation,
    CONSTRAINT consultation_group_group_id_form CHECK (is_id(group_id)),
    CONSTRAINT consultation_group_groups_count CHECK (position BETWEEN 1 AND 50),
    CONSTRAINT consultation_group_kind_known CHECK (kind IN ('children_in_care', 'care_leavers',
        'carers', 'members', 'officers', 'partners')),
    CONSTRAINT consultation_group_age_from_range CHECK (age_from BETWEEN 0 AND 25),
    CONSTRAINT consultation_group_age_to_range
        CHECK (age_to BETWEEN 0 AND 25 AND (age_to = 0 OR age_to >= age_from)),
    CONSTRAINT consultation_group_age_from_kind
        CHECK (kind = 'children_in_care' OR (age_from = 0 AND age_to = 0)),
    CONSTRAINT consultation_group_invited_count_range CHECK (invited_count BETWEEN 0 AND 100000)
);
COMMENT ON CONSTRAINT consultation_group_group_id_unique ON consultation_group
    IS 'group_id: is in the consultation twice';
COMMENT ON CONSTRAINT consultation_group_consultation_exists ON consultation_group
    IS 'consultation: names no consultation';
COMMENT ON CONSTRAINT consultation_group_group_id_form ON consultation_group
    IS 'group_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT consultation_group_groups_count ON consultation_group
    IS 'groups: a consultation has at most 50';
COMMENT ON CONSTRAINT consultation_group_kind_known ON consultation_group
    IS 'kind: must be children in care, care leavers, carers, members, officers or partners';
COMMENT ON CONSTRAINT consultation_group_age_from_range ON consultation_group
    IS 'age_from: must be 0 to 25';
COMMENT ON CONSTRAINT consultation_group_age_to_range ON consultation_group
    IS 'age_to: must be 0 to 25 and not below age_from';
COMMENT ON CONSTRAINT consultation_group_age_from_kind ON consultation_group
    IS 'age_from: only children in care have an age band';
COMMENT ON CONSTRAINT consultation_group_invited_count_range ON consultation_group
    IS 'invited_count: must be 0 to 100000';

CREATE TABLE consultation_question (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    question        int NOT NULL,
    kind            text NOT NULL,
    prompt          text NOT NULL,
    most_ranked     int NOT NULL DEFAULT 0,
    CONSTRAINT consultation_question_question_unique
        PRIMARY KEY (authority_id, consultation_id, question),
    CONSTRAINT consultation_question_consultation_exists
        FOREIGN KEY (authority_id, consultation_id) REFERENCES consultation,
    CONSTRAINT consultation_question_question_range CHECK (question BETWEEN 1 AND 50),
    CONSTRAINT consultation_question_kind_known
        CHECK (kind IN ('rating', 'choice', 'ranking', 'free_text')),
    CONSTRAINT consultation_question_prompt_length
        CHECK (is_said(prompt) AND char_length(prompt) <= 500),
    CONSTRAINT consultation_question_most_ranked_range
        CHECK (CASE kind WHEN 'ranking' THEN most_ranked BETWEEN 1 AND 20
                         ELSE most_ranked = 0 END)
);
COMMENT ON CONSTRAINT consultation_question_question_unique ON consultation_question
    IS 'question: has that number already';
COMMENT ON CONSTRAINT consultation_question_consultation_exists ON consultation_question
    IS 'parent: names no consultation';
COMMENT ON CONSTRAINT consultation_question_question_range ON consultation_question
    IS 'question: a consultation has at most 50';
COMMENT ON CONSTRAINT consultation_question_kind_known ON consultation_question
    IS 'kind: must be rating, choice, ranking or free text';
COMMENT ON CONSTRAINT consultation_question_prompt_length ON consultation_question
    IS 'prompt: must have 1 to 500 characters';
COMMENT ON CONSTRAINT consultation_question_most_ranked_range ON consultation_question
    IS 'most_ranked: must be 1 to 20 for a ranking, and 0 for others';

-- The statements of a draft may still change, so an option keeps what it said when the question was made.
CREATE TABLE consultation_option (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    question        int NOT NULL,
    option          int NOT NULL,
    statement_id    text COLLATE "C" NOT NULL DEFAULT '',
    label           text NOT NULL,
    CONSTRAINT consultation_option_option_unique
        PRIMARY KEY (authority_id, consultation_id, question, option),
    CONSTRAINT consultation_option_question_exists
        FOREIGN KEY (authority_id, consultation_id, question) REFERENCES consultation_question,
    CONSTRAINT consultation_option_options_count CHECK (option BETWEEN 1 AND 60),
    CONSTRAINT consultation_option_label_length
        CHECK (is_said(label) AND char_length(label) <= 200)
);
COMMENT ON CONSTRAINT consultation_option_option_unique ON consultation_option
    IS 'option: has that number already';
COMMENT ON CONSTRAINT consultation_option_question_exists ON consultation_option
    IS 'question: names no question';
COMMENT ON CONSTRAINT consultation_option_options_count ON consultation_option
    IS 'options: a question has at most 60';
COMMENT ON CONSTRAINT consultation_option_label_length ON consultation_option
    IS 'label: must have 1 to 200 characters';

CREATE TABLE response_code (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    group_id        text COLLATE "C" NOT NULL,
    code_hash       bytea NOT NULL,
    CONSTRAINT response_code_code_unique PRIMARY KEY (code_hash),
    CONSTRAINT response_code_group_exists
        FOREIGN KEY (authority_id, consultation_id, group_id) REFERENCES consultation_group
);
COMMENT ON TABLE response_code IS 'Codes that nobody has used yet. One that is used is deleted.';
COMMENT ON CONSTRAINT response_code_code_unique ON response_code IS 'code: is there already';
COMMENT ON CONSTRAINT response_code_group_exists ON response_code IS 'group_id: names no group';
CREATE INDEX response_code_group ON response_code (authority_id, consultation_id, group_id);

CREATE TABLE response (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    response_id     uuid NOT NULL DEFAULT gen_random_uuid(),
    group_id        text COLLATE "C" NOT NULL,
    received_on     date NOT NULL DEFAULT current_date,
    principal_id    uuid,
    CONSTRAINT response_response_id_unique
        PRIMARY KEY (authority_id, consultation_id, response_id),
    CONSTRAINT response_group_id_exists
        FOREIGN KEY (authority_id, consultation_id, group_id) REFERENCES consultation_group
);
COMMENT ON TABLE response IS 'That somebody of a group responded. principal_id: the worker who entered'
    ' it; NULL for a response by code.';
COMMENT ON CONSTRAINT response_response_id_unique ON response IS 'response: is there already';
COMMENT ON CONSTRAINT response_group_id_exists ON response IS 'group_id: names no group';
CREATE INDEX response_group ON response (authority_id, consultation_id, group_id);

CREATE TABLE response_answer (
    authority_id    text COLLATE "C" NOT NULL,
    consultation_id text COLLATE "C" NOT NULL,
    question        int NOT NULL,
    answer_id       uuid NOT NULL DEFAULT gen_random_uuid(),
    group_id        text COLLATE "C" NOT NULL,
    value           int,
    ranking         int[],
    places          int[],
    CONSTRAINT response_answer_answer_id_unique
        PRIMARY KEY (authority_id, consultation_id, question, answer_id),
    CONSTRAINT response_answer_question_exists
        FOREIGN KEY (authority_id, consultation_id, question) REFERENCES consultation_question,
    CONSTRAINT response_answer_group_id_exists
        FOREIGN KEY (authority_id, consultation_id, group_id) REFERENCES consultation_group,
    CONSTRAINT response_answer_value_one CHECK ((value IS NULL) <> (ranking IS NULL)),
    CONSTRAINT response_answer_ranking_places
        CHECK (ranking IS NULL OR coalesce(cardinality(ranking) = cardinality(places), false))
);
COMMENT ON TABLE response_answer IS 'An answer that is no words. value: a rating, or the option that was'
    ' chosen. ranking: options, the best first; places: their places, which equal ones share.';
COMMENT ON CONSTRAINT response_answer_answer_id_unique ON response_answer
    IS 'answer: is there already';
COMMENT ON CONSTRAINT response_answer_question_exists ON response_answer
    IS 'question: names no question';
COMMENT ON CONSTRAINT response_answer_group_id_exists ON response_answer
    IS 'group_id: names no group';
COMMENT ON CONSTRAINT response_answer_value_one ON response_answer
    IS 'value: an answer is either a value or a ranking';
COMMENT ON CONSTRAINT response_answer_ranking_places ON response_answer
    IS 'ranking: every option has a place';
CREATE INDEX response_answer_group ON response_answer (authority_id, consultation_id, group_id);

-- Who may see a text is said by its state, which the moderation of words has (see response_text).
-- Words that come with a rating or an issue of young people go the same way.
CREATE TABLE response_text (
    authority_id    text COLLATE "C" NOT NULL,
    text_id         uuid NOT NULL DEFAULT gen_random_uuid(),
    consultation_id text COLLATE "C",
    question        int,
    group_id        text COLLATE "C",
    pledge_id       text COLLATE "C",
    version_number  int,
    statement_id    text COLLATE "C",
    rating          int,
    raised_issue_id text COLLATE "C",
    visit_id        text COLLATE "C",
    finding_id      text COLLATE "C",
    received_on     date NOT NULL DEFAULT current_date,
    text            text NOT NULL,
    state           text NOT NULL DEFAULT 'waiting',
    erased_on       date,
    CONSTRAINT response_text_text_id_unique PRIMARY KEY (authority_id, text_id),
    CONSTRAINT response_text_source_one CHECK (
        num_nonnulls(consultation_id, rating, raised_issue_id, finding_id) = 1
        AND num_nonnulls(consultation_id, question, group_id) IN (0, 3)
        AND num_nonnulls(rating, pledge_id, version_number, statement_id) IN (0, 4)
        AND num_nonnulls(visit_id, finding_id) IN (0, 2)),
    CONSTRAINT response_text_question_exists
        FOREIGN KEY (authority_id, consultation_id, question) REFERENCES consultation_question,
    CONSTRAINT response_text_group_id_exists
        FOREIGN KEY (authority_id, consultation_id, group_id) REFERENCES consultation_group,
    CONSTRAINT response_text_text_length
        CHECK (CASE WHEN erased_on IS NULL THEN is_said(text) AND char_length(text) <= 2000
                    ELSE text = '' END),
    CONSTRAINT response_text_erased_on_source
        CHECK (erased_on IS NULL OR num_nonnulls(raised_issue_id, finding_id) = 1),
    CONSTRAINT response_text_state_known
        CHECK (state IN ('waiting', 'shown', 'hidden', 'concern'))
);
COMMENT ON TABLE response_text IS 'received_on: the day of the session or visit where words come from one.'
    ' erased_on: when the words of an issue or a finding went by their period, and the row stayed; else NULL';
COMMENT ON CONSTRAINT response_text_text_id_unique ON response_text IS 'text: is there already';
COMMENT ON CONSTRAINT response_text_source_one ON response_text
    IS 'text: comes from a consultation, a rating, an issue or a finding';
COMMENT ON CONSTRAINT response_text_question_exists ON response_text
    IS 'question: names no question';
COMMENT ON CONSTRAINT response_text_group_id_exists ON response_text
    IS 'group_id: names no group';
COMMENT ON CONSTRAINT response_text_text_length ON response_text
    IS 'text: must have 1 to 2000 characters';
COMMENT ON CONSTRAINT response_text_erased_on_source ON response_text
    IS 'text: only an issue or a finding is there without its words';
COMMENT ON CONSTRAINT response_text_state_known ON response_text
    IS 'state: must be waiting, shown, hidden or concern';
CREATE INDEX response_text_question ON response_text (authority_id, consultation_id, question);
CREATE INDEX response_text_consultation ON response_text (authority_id, consultation_id, text_id);
CREATE INDEX response_text_group ON response_text (authority_id, consultation_id, group_id);

CREATE TRIGGER consultation_touch BEFORE UPDATE ON consultation
    FOR EACH ROW EXECUTE FUNCTION touch();

CREATE FUNCTION in_voice_team() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(pledge.app_role() IN ('officer', 'support_worker'), false) $$;
COMMENT ON FUNCTION in_voice_team() IS 'Whether the caller works with the words of young people.';

DO $$
DECLARE
    v_table text;
BEGIN
    PERFORM tenant_tables('{consultation,consultation_group,consultation_question,consultation_option,'
        'response_code,response,response_answer}');
    PERFORM tenant_tables('{response_text}', NULL);
    -- The holder of a code is of no authority: functions of the schema's owner ask for it.
    FOREACH v_table IN ARRAY '{consultation,consultation_group,consultation_question,'
        'consultation_option,response_code,response,response_answer,response_text}'::text[] LOOP
        EXECUTE format('CREATE POLICY %I ON %I TO CURRENT_USER USING (true) WITH CHECK (true)',
            v_table || '_definer', v_table);
    END LOOP;
END
$$;
-- A text that is a concern is nobody's but the safeguarding officer's, whatever the statement asks for;
-- one that nobody has looked at is the voice team's.
CREATE POLICY response_text_tenant ON response_text
    USING (authority_id = app_authority()
        AND CASE state WHEN 'concern' THEN app_role() = 'safeguarding_officer'
                       WHEN 'shown' THEN true ELSE in_voice_team() END)
    WITH CHECK (authority_id = app_authority());

CREATE POLICY authority_definer ON authority FOR SELECT TO CURRENT_USER USING (true);

CREATE FUNCTION consultation_state(p_opens_on date, p_closes_on date, p_close_time timestamptz)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_close_time IS NOT NULL OR current_date > p_closes_on THEN 'closed'
                WHEN current_date < p_opens_on THEN 'scheduled' ELSE 'open' END
$$;

CREATE VIEW consultation_resource WITH (security_invoker = true) AS
    SELECT c.authority_id, c.consultation_id,
           'authorities/' || c.authority_id || '/consultations/' || c.consultation_id AS name,
           c.title,
           'authorities/' || c.authority_id || '/pledges/' || c.pledge_id || '/versions/'
               || c.version_number AS version,
           c.opens_on, c.closes_on,
           consultation_state(c.opens_on, c.closes_on, c.close_time) AS state,
           (SELECT count(*) FROM consultation_question AS q
             WHERE q.authority_id = c.authority_id
               AND q.consultation_id = c.consultation_id)::int4 AS question_count,
           c.close_time, c.create_time, c.update_time, etag(c.revision) AS etag
      FROM consultation AS c;
COMMENT ON VIEW consultation_resource IS 'Consultations as the API shows them, without groups';

CREATE VIEW consulted_group_resource WITH (security_invoker = true) AS
    SELECT g.authority_id, g.consultation_id, g.position, g.group_id, g.kind, g.age_from, g.age_to,
           CASE WHEN s.withheld THEN 0 ELSE g.invited_count END AS invited_count,
           CASE WHEN s.withheld THEN 0 ELSE r.count END AS responding_count,
           s.withheld AS suppressed
      FROM consultation_group AS g
     CROSS JOIN LATERAL (SELECT count(*)::int4 AS count FROM response AS r
                          WHERE r.authority_id = g.authority_id
                            AND r.consultation_id = g.consultation_id
                            AND r.group_id = g.group_id) AS r
     CROSS JOIN LATERAL (SELECT NOT in_voice_team() AND least(g.invited_count, r.count) < 6
                                AS withheld) AS s;
COMMENT ON VIEW consulted_group_resource IS 'Groups as the API shows them, small ones without counts';

CREATE VIEW question_resource WITH (security_invoker = true) AS
    SELECT q.authority_id, q.consultation_id, q.question, q.kind, q.prompt, q.most_ranked,
           o.options, o.statement_ids, o.labels
      FROM consultation_question AS q
     CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(o.option ORDER BY o.option), '{}') AS options,
               coalesce(array_agg(o.statement_id ORDER BY o.option), '{}')::text[] AS statement_ids,
               coalesce(array_agg(o.label ORDER BY o.option), '{}') AS labels
          FROM consultation_option AS o
         WHERE o.authority_id = q.authority_id AND o.consultation_id = q.consultation_id
           AND o.question = q.question) AS o;
COMMENT ON VIEW question_resource IS 'Questions as the API shows them';

-- --- making a consultation ----------------------------------------------------------------------

CREATE FUNCTION consultation_create(
    p_id text, p_title text, p_pledge text, p_version text, p_opens_on date, p_closes_on date,
    p_group_ids text[], p_kinds text[], p_ages_from int[], p_ages_to int[], p_invited int[])
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_state text;
BEGIN
    SELECT v.state INTO v_state FROM version AS v
     WHERE v.authority_id = app_authority() AND v.pledge_id = p_pledge
       AND v.version_number = version_number(p_version) FOR SHARE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such version of a pledge.', 'consultation.version');
    ELSIF v_state <> 'draft' THEN
        PERFORM fail('PL412', 'The version is adopted. A consultation is about a draft.',
            'consultation.version');
    ELSIF cardinality(p_group_ids) = 0 THEN
        PERFORM fail('PL400', 'A consultation invites at least one group.', 'consultation.groups');
    END IF;
    INSERT INTO consultation (authority_id, consultation_id, title, pledge_id, version_number,
                              opens_on, closes_on)
    VALUES (app_authority(), p_id, p_title, p_pledge, version_number(p_version), p_opens_on,
            p_closes_on)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a consultation ' || p_id || '.',
            'consultation_id');
    END IF;
    INSERT INTO consultation_group (authority_id, consultation_id, group_id, position, kind,
                                    age_from, age_to, invited_count)
    SELECT app_authority(), p_id, g.id, g.place, g.kind, g.age_from, g.age_to, g.invited
      FROM unnest(p_group_ids, p_kinds, p_ages_from, p_ages_to, p_invited) WITH ORDINALITY
        AS g (id, kind, age_from, age_to, invited, place);
END
$$;

-- The consultation, which stays as it is until the transaction ends, and is not closed for good.
CREATE FUNCTION consultation_hold(p_id text, p_field text) RETURNS consultation
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v consultation;
BEGIN
    SELECT * INTO v FROM consultation
     WHERE authority_id = app_authority() AND consultation_id = p_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no consultation ' || p_id || '.', p_field);
    ELSIF v.close_time IS NOT NULL THEN
        PERFORM fail('PL412', 'Consultation ' || p_id || ' is closed.', p_field);
    END IF;
    RETURN v;
END
$$;

CREATE FUNCTION consultation_update(p_id text, p_title text, p_opens_on date, p_closes_on date,
                                    p_etag text, p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v consultation;
    v_opens_on date;
    v_closes_on date;
BEGIN
    PERFORM mask_check(p_paths, '{title,opens_on,closes_on}');
    v := consultation_hold(p_id, 'consultation.name');
    PERFORM etag_check(p_etag, etag(v.revision), 'consultation.etag');
    v_opens_on := CASE WHEN masked('opens_on', p_paths) THEN p_opens_on ELSE v.opens_on END;
    v_closes_on := CASE WHEN masked('closes_on', p_paths) THEN p_closes_on ELSE v.closes_on END;
    IF v_opens_on IS DISTINCT FROM v.opens_on AND least(v.opens_on, v_opens_on) <= current_date THEN
        PERFORM fail('PL412', 'The first day can change before it has come, to one that is ahead.',
            'consultation.opens_on');
    ELSIF v_closes_on IS DISTINCT FROM v.closes_on AND v_closes_on < current_date THEN
        PERFORM fail('PL412', 'The last day can be moved to today or later.', 'consultation.closes_on');
    END IF;
    UPDATE consultation
       SET title = CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END,
           opens_on = v_opens_on, closes_on = v_closes_on
     WHERE authority_id = app_authority() AND consultation_id = p_id;
END
$$;

CREATE FUNCTION consultation_close(p_id text, p_etag text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v consultation;
BEGIN
    v := consultation_hold(p_id, 'name');
    PERFORM etag_check(p_etag, etag(v.revision), 'etag');
    UPDATE consultation SET close_time = now()
     WHERE authority_id = app_authority() AND consultation_id = p_id;
    DELETE FROM response_code WHERE authority_id = app_authority() AND consultation_id = p_id;
END
$$;

CREATE FUNCTION question_create(p_consultation text, p_kind text, p_prompt text,
                                p_statement_ids text[], p_labels text[], p_most_ranked int)
RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v consultation := consultation_hold(p_consultation, 'parent');
    v_ids text[] := p_statement_ids;
    v_labels text[] := p_labels;
    v_question int;
BEGIN
    IF EXISTS (SELECT FROM response AS r
                WHERE r.authority_id = app_authority() AND r.consultation_id = p_consultation) THEN
        PERFORM fail('PL412', 'Somebody has responded: the questions stay as they are.', 'parent');
    ELSIF p_kind IN ('rating', 'free_text') AND cardinality(p_labels) > 0 THEN
        PERFORM fail('PL400', 'Only a choice and a ranking have options.', 'question.options');
    END IF;
    IF p_kind = 'ranking' AND cardinality(p_labels) = 0 THEN
        SELECT array_agg(s.statement_id::text ORDER BY s.position),
               array_agg(s.title ORDER BY s.position)
          INTO v_ids, v_labels
          FROM statement AS s
         WHERE s.authority_id = app_authority() AND s.pledge_id = v.pledge_id
           AND s.version_number = v.version_number;
    END IF;
    IF p_kind IN ('choice', 'ranking') AND coalesce(cardinality(v_labels), 0) NOT BETWEEN 2 AND 60 THEN
        PERFORM fail('PL400', 'A choice or a ranking has 2 to 60 options.', 'question.options');
    END IF;
    -- An option that names a statement says what the statement is called.
    SELECT array_agg(CASE WHEN o.id = '' THEN o.label ELSE coalesce(s.title, '') END ORDER BY o.place)
      INTO v_labels
      FROM unnest(v_ids, v_labels) WITH ORDINALITY AS o (id, label, place)
      LEFT JOIN statement AS s ON s.authority_id = app_authority() AND s.pledge_id = v.pledge_id
       AND s.version_number = v.version_number AND s.statement_id = o.id;
    IF '' = ANY (v_labels) THEN
        PERFORM fail('PL400', 'Option ' || array_position(v_labels, '') || ' says nothing, or names no'
            ' statement of the draft.', format('question.options[%s]', array_position(v_labels, '') - 1));
    END IF;
    SELECT coalesce(max(q.question), 0) + 1 INTO v_question FROM consultation_question AS q
     WHERE q.authority_id = app_authority() AND q.consultation_id = p_consultation;
    INSERT INTO consultation_question (authority_id, consultation_id, question, kind, prompt,
                                       most_ranked)
    VALUES (app_authority(), p_consultation, v_question, p_kind, p_prompt,
            CASE WHEN p_kind = 'ranking' AND p_most_ranked = 0 THEN 10 ELSE p_most_ranked END);
    INSERT INTO consultation_option (authority_id, consultation_id, question, option, statement_id,
                                     label)
    SELECT app_authority(), p_consultation, v_question, o.place, o.id, o.label
      FROM unnest(v_ids, v_labels) WITH ORDINALITY AS o (id, label, place);
END
$$;

-- Other words for a question, as long as nobody has answered.
CREATE FUNCTION question_reword(p_consultation text, p_question int, p_prompt text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM consultation_hold(p_consultation, 'parent');
    IF EXISTS (SELECT FROM response AS r
                WHERE r.authority_id = app_authority() AND r.consultation_id = p_consultation) THEN
        PERFORM fail('PL412', 'Somebody has responded: the questions stay as they are.', 'parent');
    END IF;
    UPDATE consultation_question SET prompt = p_prompt
     WHERE authority_id = app_authority() AND consultation_id = p_consultation
       AND question = p_question;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no question ' || p_question || '.', 'question');
    END IF;
END
$$;

-- --- responding ---------------------------------------------------------------------------------

-- Codes are 15 of 32 signs, 75 random bits; I, L and O are read as 1, 1 and 0.
CREATE FUNCTION response_code_digest(p_code text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT sha256(convert_to(translate(upper(p_code), 'ILO -', '110'), 'UTF8'))
$$;

CREATE FUNCTION response_code_new() RETURNS text
LANGUAGE sql VOLATILE
AS $$
    WITH random AS MATERIALIZED (SELECT sha256(uuid_send(gen_random_uuid())) AS bytes)
    SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', get_byte(bytes, i) % 32 + 1, 1)
                          || CASE WHEN i IN (4, 9) THEN '-' ELSE '' END, '' ORDER BY i)
      FROM random, generate_series(0, 14) AS i
$$;

CREATE FUNCTION response_codes_make(p_consultation text, p_group text, p_count int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v consultation := consultation_hold(p_consultation, 'parent');
    v_codes text[];
BEGIN
    IF v.closes_on < current_date THEN
        PERFORM fail('PL412', 'Codes are used until ' || v.closes_on || ', which is over.', 'parent');
    ELSIF p_count NOT BETWEEN 1 AND 1000 THEN
        PERFORM fail('PL400', 'Ask for 1 to 1000 codes.', 'count');
    ELSIF NOT EXISTS (SELECT FROM consultation_group AS g
                       WHERE g.authority_id = app_authority() AND g.group_id = p_group
                         AND g.consultation_id = p_consultation) THEN
        PERFORM fail('PL404', 'The consultation has no group ' || p_group || '.', 'group_id');
    END IF;
    v_codes := ARRAY(SELECT response_code_new() FROM generate_series(1, p_count));
    INSERT INTO response_code (authority_id, consultation_id, group_id, code_hash)
    SELECT app_authority(), p_consultation, p_group, response_code_digest(c)
      FROM unnest(v_codes) AS c;
    PERFORM set_config('pledge.response_codes', array_to_string(v_codes, ','), true);
END
$$;
COMMENT ON FUNCTION response_codes_make(text, text, int)
    IS 'Makes codes, and tells them in the setting pledge.response_codes.';

-- What is wrong with the answers, each with where it stands in the request.
CREATE FUNCTION response_violations(
    p_authority text, p_consultation text,
    p_rating_questions int[], p_ratings int[], p_choice_questions int[], p_choices int[],
    p_preference_questions int[], p_preference_places int[], p_preference_options int[],
    p_text_questions int[], p_texts text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    WITH given AS (
        SELECT 'ratings' AS list, 'rating' AS kind, 'rating' AS leaf, g.place, g.question, g.value,
               NULL::int AS ranked_at, NULL::text AS words
          FROM unnest(p_rating_questions, p_ratings) WITH ORDINALITY AS g (question, value, place)
        UNION ALL
        SELECT 'choices', 'choice', 'option', g.place, g.question, g.value, NULL, NULL
          FROM unnest(p_choice_questions, p_choices) WITH ORDINALITY AS g (question, value, place)
        UNION ALL
        SELECT 'preferences', 'ranking', 'option', g.place, g.question, g.value, g.ranked_at, NULL
          FROM unnest(p_preference_questions, p_preference_options, p_preference_places)
               WITH ORDINALITY AS g (question, value, ranked_at, place)
        UNION ALL
        SELECT 'texts', 'free_text', 'text', g.place, g.question, NULL, NULL, g.words
          FROM unnest(p_text_questions, p_texts) WITH ORDINALITY AS g (question, words, place)
    ), judged AS (
        SELECT g.list, g.place, CASE
                   WHEN q.question IS NULL THEN 'question: is no question of the consultation'
                   WHEN q.kind <> g.kind THEN 'question: is not answered in this way'
                   WHEN count(*) OVER (PARTITION BY g.list, g.question,
                        CASE WHEN g.kind = 'ranking' THEN g.value ELSE 0 END) > 1
                   THEN CASE g.kind WHEN 'ranking' THEN 'option: is ranked twice'
                                    ELSE 'question: is answered twice' END
                   WHEN g.kind = 'rating' AND g.value NOT BETWEEN 1 AND 5
                   THEN 'rating: must be 1 to 5'
                   WHEN g.leaf = 'option' AND o.option IS NULL
                   THEN 'option: is no option of the question'
                   WHEN g.kind = 'ranking' AND g.ranked_at NOT BETWEEN 1 AND 60
                   THEN 'place: must be 1 to 60'
                   WHEN g.kind = 'ranking'
                        AND count(*) OVER (PARTITION BY g.list, g.question) > q.most_ranked
                   THEN 'question: ranks more options than it may'
                   WHEN g.kind = 'free_text' AND NOT (is_said(g.words) AND char_length(g.words) <= 2000)
                   THEN 'text: must have 1 to 2000 characters'
               END AS problem
          FROM given AS g
          LEFT JOIN consultation_question AS q ON q.authority_id = p_authority
           AND q.consultation_id = p_consultation AND q.question = g.question
          LEFT JOIN consultation_option AS o ON o.authority_id = p_authority
           AND o.consultation_id = p_consultation AND o.question = g.question
           AND o.option = g.value
    )
    SELECT jsonb_agg(violation(format('%s[%s].%s', j.list, j.place - 1,
                                      split_part(j.problem, ': ', 1)),
                               split_part(j.problem, ': ', 2)) ORDER BY j.list, j.place)
      FROM judged AS j WHERE j.problem IS NOT NULL
$$;

-- Writes some rows of the consultation anew, at random, so that neither the number of a transaction nor
-- the order of the rows says what it added.
CREATE FUNCTION response_mix(p_authority text, p_consultation text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    c_rows CONSTANT int := 8;
    v_from uuid := gen_random_uuid();
    v_question int;
BEGIN
    -- As many as there are from a random one on, and round the end.
    UPDATE response AS r SET group_id = r.group_id
     WHERE r.authority_id = p_authority AND r.consultation_id = p_consultation
       AND r.response_id IN (
            (SELECT s.response_id FROM response AS s
              WHERE s.authority_id = p_authority AND s.consultation_id = p_consultation
                AND s.response_id > v_from ORDER BY s.response_id LIMIT c_rows)
            UNION ALL
            (SELECT s.response_id FROM response AS s
              WHERE s.authority_id = p_authority AND s.consultation_id = p_consultation
              ORDER BY s.response_id LIMIT c_rows) LIMIT c_rows);
    UPDATE response_text AS r SET group_id = r.group_id
     WHERE r.authority_id = p_authority AND r.consultation_id = p_consultation
       AND r.text_id IN (
            (SELECT s.text_id FROM response_text AS s
              WHERE s.authority_id = p_authority AND s.consultation_id = p_consultation
                AND s.text_id > v_from ORDER BY s.text_id LIMIT c_rows)
            UNION ALL
            (SELECT s.text_id FROM response_text AS s
              WHERE s.authority_id = p_authority AND s.consultation_id = p_consultation
              ORDER BY s.text_id LIMIT c_rows) LIMIT c_rows);
    FOR v_question IN SELECT q.question FROM consultation_question AS q
                       WHERE q.authority_id = p_authority AND q.consultation_id = p_consultation
                         AND q.kind <> 'free_text' ORDER BY random() LOOP
        UPDATE response_answer AS r SET group_id = r.group_id
         WHERE r.authority_id = p_authority AND r.consultation_id = p_consultation
           AND r.question = v_question
           AND r.answer_id IN (
                (SELECT s.answer_id FROM response_answer AS s
                  WHERE s.authority_id = p_authority AND s.consultation_id = p_consultation
                    AND s.question = v_question AND s.answer_id > v_from
                  ORDER BY s.answer_id LIMIT c_rows)
                UNION ALL
                (SELECT s.answer_id FROM response_answer AS s
                  WHERE s.authority_id = p_authority AND s.consultation_id = p_consultation
                    AND s.question = v_question ORDER BY s.answer_id LIMIT c_rows) LIMIT c_rows);
    END LOOP;
END
$$;

-- Takes a response. One by code is worth the mixing; a worker is known anyway, and may enter what came on
-- paper on an earlier day until the consultation is closed for good.
CREATE FUNCTION response_take(
    p_authority text, p_consultation text, p_group text, p_worker uuid, p_received_on date,
    p_rating_questions int[], p_ratings int[], p_choice_questions int[], p_choices int[],
    p_preference_questions int[], p_preference_places int[], p_preference_options int[],
    p_text_questions int[], p_texts text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_problems jsonb;
    v consultation;
BEGIN
    PERFORM pg_advisory_xact_lock(
        hashtextextended('pledge.response ' || p_authority || '/' || p_consultation, 0));
    SELECT * INTO v FROM consultation AS c
     WHERE c.authority_id = p_authority AND c.consultation_id = p_consultation;
    IF v.close_time IS NOT NULL OR p_received_on IS NULL AND current_date > v.closes_on THEN
        PERFORM fail('PL412', 'The consultation is closed.');
    ELSIF current_date < v.opens_on THEN
        PERFORM fail('PL412', 'The consultation has not opened yet.');
    ELSIF p_received_on NOT BETWEEN v.opens_on AND least(v.closes_on, current_date) THEN
        PERFORM fail('PL400', 'It was open from ' || v.opens_on || ' to ' || v.closes_on
            || ': give a day of it, not in the future.', 'received_on');
    ELSIF cardinality(p_rating_questions || p_choice_questions || p_preference_questions
                      || p_text_questions) = 0 THEN
        PERFORM fail('PL400', 'Answer at least one question.');
    END IF;
    v_problems := response_violations(p_authority, p_consultation, p_rating_questions, p_ratings,
        p_choice_questions, p_choices, p_preference_questions, p_preference_places,
        p_preference_options, p_text_questions, p_texts);
    IF v_problems IS NOT NULL THEN
        PERFORM fail_all('PL400', 'The response has ' || jsonb_array_length(v_problems)
            || CASE jsonb_array_length(v_problems) WHEN 1 THEN ' mistake.' ELSE ' mistakes.' END,
            v_problems);
    END IF;
    IF p_worker IS NULL THEN
        PERFORM response_mix(p_authority, p_consultation);
    END IF;
    INSERT INTO response (authority_id, consultation_id, group_id, received_on, principal_id)
    VALUES (p_authority, p_consultation, p_group, coalesce(p_received_on, current_date), p_worker);
    INSERT INTO response_answer (authority_id, consultation_id, question, group_id, value)
    SELECT p_authority, p_consultation, a.question, p_group, a.value
      FROM unnest(p_rating_questions || p_choice_questions, p_ratings || p_choices)
        AS a (question, value);
    INSERT INTO response_answer (authority_id, consultation_id, question, group_id, ranking, places)
    SELECT p_authority, p_consultation, a.question, p_group,
           array_agg(a.option ORDER BY a.place, a.option), array_agg(a.place ORDER BY a.place, a.option)
      FROM unnest(p_preference_questions, p_preference_places, p_preference_options)
        AS a (question, place, option)
     GROUP BY a.question;
    INSERT INTO response_text (authority_id, consultation_id, question, group_id, received_on, text)
    SELECT p_authority, p_consultation, a.question, p_group, coalesce(p_received_on, current_date),
           a.words
      FROM unnest(p_text_questions, p_texts) AS a (question, words);
    IF p_worker IS NULL THEN
        PERFORM response_mix(p_authority, p_consultation);
    END IF;
END
$$;

-- What a code is for, or no row.
CREATE FUNCTION response_code_find(p_code text)
RETURNS TABLE (authority_id text, consultation_id text, group_id text)
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    RETURN QUERY SELECT k.authority_id, k.consultation_id, k.group_id FROM response_code AS k
                  WHERE k.code_hash = response_code_digest(p_code);
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such code, or it was used already.', 'code');
    END IF;
END
$$;

CREATE FUNCTION response_by_code(
    p_code text, p_rating_questions int[], p_ratings int[], p_choice_questions int[],
    p_choices int[], p_preference_questions int[], p_preference_places int[],
    p_preference_options int[], p_text_questions int[], p_texts text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v response_code;
BEGIN
    DELETE FROM response_code WHERE code_hash = response_code_digest(p_code) RETURNING * INTO v;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such code, or it was used already.', 'code');
    END IF;
    PERFORM response_take(v.authority_id, v.consultation_id, v.group_id, NULL, NULL, p_rating_questions,
        p_ratings, p_choice_questions, p_choices, p_preference_questions, p_preference_places,
        p_preference_options, p_text_questions, p_texts);
    -- The entry goes into the council's chain and says nothing of who it was.
    PERFORM set_config('pledge.change_authority', v.authority_id, true),
        set_config('pledge.unknown', 'on', true);
END
$$;

CREATE FUNCTION response_enter(
    p_consultation text, p_group text, p_rating_questions int[], p_ratings int[],
    p_choice_questions int[], p_choices int[], p_preference_questions int[],
    p_preference_places int[], p_preference_options int[], p_text_questions int[],
    p_texts text[], p_received_on date DEFAULT NULL) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM consultation AS c
      WHERE c.authority_id = app_authority() AND c.consultation_id = p_consultation;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no consultation ' || p_consultation || '.', 'parent');
    END IF;
    PERFORM FROM consultation_group AS g
      WHERE g.authority_id = app_authority() AND g.consultation_id = p_consultation
        AND g.group_id = p_group;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'The consultation has no group ' || p_group || '.', 'group_id');
    END IF;
    PERFORM response_take(app_authority(), p_consultation, p_group, app_principal(), p_received_on,
        p_rating_questions, p_ratings, p_choice_questions, p_choices, p_preference_questions,
        p_preference_places, p_preference_options, p_text_questions, p_texts);
END
$$;

-- What the holder of a code is asked.
CREATE FUNCTION code_consultation(p_code text)
RETURNS TABLE (title text, authority_display_name text, closes_on date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT c.title, a.display_name, c.closes_on
      FROM response_code_find(p_code) AS k
      JOIN consultation AS c ON c.authority_id = k.authority_id
       AND c.consultation_id = k.consultation_id
      JOIN authority AS a ON a.authority_id = k.authority_id
$$;

CREATE FUNCTION code_questions(p_code text)
RETURNS TABLE (question int, kind text, prompt text, most_ranked int, options int[],
               statement_ids text[], labels text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT q.question, q.kind, q.prompt, q.most_ranked, q.options, q.statement_ids, q.labels
      FROM response_code_find(p_code) AS k
      JOIN question_resource AS q ON q.authority_id = k.authority_id
       AND q.consultation_id = k.consultation_id
     ORDER BY q.question
$$;

INSERT INTO role_permission (role, permission)
SELECT r.role, p.permission
  FROM (VALUES
    ('officer', '{consultation.read,consultation.write}'::text[]),
    ('support_worker', '{consultation.read,consultation.write,consultation.enter}'),
    ('director', '{consultation.read}'), ('elected_member', '{consultation.read}'),
    ('partner_agency', '{consultation.read}'), ('inspector', '{consultation.read}')
  ) AS r (role, permissions), unnest(r.permissions) AS p (permission);

COMMIT;
