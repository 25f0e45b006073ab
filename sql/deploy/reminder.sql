-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:reminder to pg
-- Reminders of returns, and their escalation from the owner to the director to the board. What is sent
-- about what, to whom and when is data; what is to be sent lies in an outbox until a mail server has
-- taken it. One event makes one message, whatever fails: its key is unique, and so is the Message-ID
-- that every try to send it carries.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- What holds for authorities that have set nothing.
CREATE TABLE reminder_default (
    rule_id text COLLATE "C" NOT NULL,
    about   text NOT NULL,
    days    int NOT NULL,
    level   text NOT NULL,
    CONSTRAINT reminder_default_rule_once PRIMARY KEY (rule_id)
);
COMMENT ON CONSTRAINT reminder_default_rule_once ON reminder_default IS 'rule_id: is there already';
INSERT INTO reminder_default (rule_id, about, days, level) VALUES
('due-in-a-week', 'due', 7, 'owner'),
('missing', 'missing', 1, 'owner'),
('missing-a-week', 'missing', 7, 'director'),
('missing-two-weeks', 'missing', 14, 'board'),
('queried-a-week', 'queried', 7, 'owner'),
('queried-three-weeks', 'queried', 21, 'director');

-- That an authority has rules of its own, which may be none.
CREATE TABLE reminder_policy (
    authority_id text COLLATE "C" NOT NULL,
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    CONSTRAINT reminder_policy_parent_once PRIMARY KEY (authority_id),
    CONSTRAINT reminder_policy_parent_exists FOREIGN KEY (authority_id) REFERENCES authority
);
COMMENT ON CONSTRAINT reminder_policy_parent_once ON reminder_policy
    IS 'parent: has rules of its own already';
COMMENT ON CONSTRAINT reminder_policy_parent_exists ON reminder_policy
    IS 'parent: names no authority';
CREATE TRIGGER reminder_policy_touch BEFORE UPDATE ON reminder_policy
    FOR EACH ROW EXECUTE FUNCTION touch();

CREATE TABLE reminder_rule (
    authority_id text COLLATE "C" NOT NULL,
    rule_id      text COLLATE "C" NOT NULL,
    position     int NOT NULL,
    about        text NOT NULL,
    days         int NOT NULL,
    level        text NOT NULL,
    CONSTRAINT reminder_rule_rule_id_once PRIMARY KEY (authority_id, rule_id),
    CONSTRAINT reminder_rule_policy_exists FOREIGN KEY (authority_id) REFERENCES reminder_policy,
    CONSTRAINT reminder_rule_rule_id_form CHECK (is_id(rule_id)),
    CONSTRAINT reminder_rule_rules_count CHECK (position BETWEEN 1 AND 20),
    CONSTRAINT reminder_rule_about_known CHECK (about IN ('due', 'missing', 'queried')),
    CONSTRAINT reminder_rule_days_range CHECK (days BETWEEN 0 AND 365),
    CONSTRAINT reminder_rule_level_known CHECK (level IN ('owner', 'director', 'board'))
);
COMMENT ON CONSTRAINT reminder_rule_rule_id_once ON reminder_rule
    IS 'rule_id: is in the list twice';
COMMENT ON CONSTRAINT reminder_rule_policy_exists ON reminder_rule
    IS 'parent: has no rules of its own';
COMMENT ON CONSTRAINT reminder_rule_rule_id_form ON reminder_rule
    IS 'rule_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT reminder_rule_rules_count ON reminder_rule IS 'rules: must be at most 20';
COMMENT ON CONSTRAINT reminder_rule_about_known ON reminder_rule
    IS 'about: must be due, missing or queried';
COMMENT ON CONSTRAINT reminder_rule_days_range ON reminder_rule IS 'days: must be 0 to 365';
COMMENT ON CONSTRAINT reminder_rule_level_known ON reminder_rule
    IS 'level: must be owner, director or board';

CREATE VIEW reminder_rule_resource WITH (security_invoker = true) AS
    SELECT r.authority_id, r.rule_id, r.position, r.about, r.days, r.level FROM reminder_rule AS r
    UNION ALL
    SELECT a.authority_id, d.rule_id, row_number() OVER (PARTITION BY a.authority_id
               ORDER BY d.about, d.days)::int, d.about, d.days, d.level
      FROM authority AS a CROSS JOIN reminder_default AS d
     WHERE NOT EXISTS (SELECT FROM reminder_policy AS p WHERE p.authority_id = a.authority_id);
COMMENT ON VIEW reminder_rule_resource IS 'The rules that hold: an authority''s own, or those for all';

-- Where messages go: a shared mailbox of a post, one for each owner and level, one for the board.
CREATE TABLE reminder_address (
    authority_id text COLLATE "C" NOT NULL,
    address_key  text COLLATE "C" NOT NULL
        GENERATED ALWAYS AS (level || coalesce('/' || owner_id, '')) STORED,
    level        text NOT NULL,
    owner_id     text COLLATE "C",
    email        text NOT NULL,
    CONSTRAINT reminder_address_key_once PRIMARY KEY (authority_id, address_key),
    CONSTRAINT reminder_address_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT reminder_address_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT reminder_address_level_known CHECK (level IN ('owner', 'director', 'board')),
    CONSTRAINT reminder_address_owner_level CHECK ((level = 'board') = (owner_id IS NULL)),
    CONSTRAINT reminder_address_email_form CHECK (char_length(email) <= 254
        AND email ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$')
);
COMMENT ON CONSTRAINT reminder_address_key_once ON reminder_address IS 'owner: has one already';
COMMENT ON CONSTRAINT reminder_address_parent_exists ON reminder_address
    IS 'parent: names no authority';
COMMENT ON CONSTRAINT reminder_address_owner_exists ON reminder_address
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT reminder_address_level_known ON reminder_address
    IS 'level: must be owner, director or board';
COMMENT ON CONSTRAINT reminder_address_owner_level ON reminder_address
    IS 'owner: is needed, but for the board''s address, which is of no owner';
COMMENT ON CONSTRAINT reminder_address_email_form ON reminder_address
    IS 'email: must be an e-mail address of at most 254 characters';
CREATE INDEX reminder_address_owner ON reminder_address (authority_id, owner_id);

CREATE TABLE reminder (
    authority_id text COLLATE "C" NOT NULL,
    number       int NOT NULL,
    event_key    text NOT NULL,
    rule_id      text COLLATE "C" NOT NULL,
    about        text NOT NULL,
    level        text NOT NULL,
    round_id     text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    due_on       date NOT NULL,
    email        text NOT NULL,
    subject      text NOT NULL,
    body         text NOT NULL,
    state        text NOT NULL,
    tries        int NOT NULL DEFAULT 0,
    next_try     timestamptz NOT NULL DEFAULT now(),
    problem      text NOT NULL DEFAULT '',
    sent_at      timestamptz,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reminder_number_once PRIMARY KEY (authority_id, number),
    CONSTRAINT reminder_event_once UNIQUE (authority_id, event_key),
    CONSTRAINT reminder_round_exists FOREIGN KEY (authority_id, round_id) REFERENCES round,
    CONSTRAINT reminder_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT reminder_state_known CHECK (state IN ('no_address', 'waiting', 'sent', 'given_up')),
    CONSTRAINT reminder_sent_at_sent CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
COMMENT ON COLUMN reminder.event_key IS 'What it is about, so that no event makes a second one';
COMMENT ON COLUMN reminder.next_try IS 'Not before then; a daemon that tries moves it on first';
COMMENT ON CONSTRAINT reminder_number_once ON reminder IS 'number: came at the same moment';
COMMENT ON CONSTRAINT reminder_event_once ON reminder IS 'event: was reminded of already';
COMMENT ON CONSTRAINT reminder_round_exists ON reminder IS 'round: names no round';
COMMENT ON CONSTRAINT reminder_owner_exists ON reminder
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT reminder_state_known ON reminder
    IS 'state: must be no_address, waiting, sent or given_up';
COMMENT ON CONSTRAINT reminder_sent_at_sent ON reminder IS 'sent_at: is of those that were sent';
CREATE INDEX reminder_round ON reminder (authority_id, round_id);
CREATE INDEX reminder_owner ON reminder (authority_id, owner_id);
CREATE INDEX reminder_waiting ON reminder (next_try) WHERE state = 'waiting';

DO $$ BEGIN PERFORM tenant_tables('{reminder_policy,reminder_rule,reminder_address,reminder}'); END $$;

CREATE VIEW reminder_address_resource WITH (security_invoker = true) AS
    SELECT x.authority_id, x.address_key, x.level, coalesce(o.resource_name, '') AS owner, x.email
      FROM reminder_address AS x
      LEFT JOIN owner AS o ON o.authority_id = x.authority_id AND o.owner_id = x.owner_id;
COMMENT ON VIEW reminder_address_resource IS 'Addresses as the API shows them';

CREATE VIEW reminder_resource WITH (security_invoker = true) AS
    SELECT m.authority_id, m.number, m.rule_id, m.about, m.level,
           'authorities/' || m.authority_id || '/rounds/' || m.round_id AS round,
           o.resource_name AS owner, m.due_on, m.email, m.subject, m.body, m.state, m.tries, m.problem,
           m.sent_at AS send_time, m.recorded_at AS create_time
      FROM reminder AS m
      JOIN owner AS o ON o.authority_id = m.authority_id AND o.owner_id = m.owner_id;
COMMENT ON VIEW reminder_resource IS 'Reminders as the API shows them';

CREATE FUNCTION reminder_etag() RETURNS text
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce((SELECT etag(p.revision) FROM reminder_policy AS p
                      WHERE p.authority_id = app_authority()), 'default')
$$;

CREATE FUNCTION reminder_rules_set(p_ids text[], p_abouts text[], p_days int[], p_levels text[],
                                   p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM authority WHERE authority_id = app_authority() FOR NO KEY UPDATE;
    PERFORM etag_check(p_etag, reminder_etag(), 'etag');
    INSERT INTO reminder_policy AS p (authority_id) VALUES (app_authority())
    ON CONFLICT (authority_id) DO UPDATE SET authority_id = excluded.authority_id;
    DELETE FROM reminder_rule WHERE authority_id = app_authority();
    INSERT INTO reminder_rule (authority_id, rule_id, position, about, days, level)
    SELECT app_authority(), u.id, u.n, u.about, u.days, u.level
      FROM unnest(p_ids, p_abouts, p_days, p_levels)
           WITH ORDINALITY AS u (id, about, days, level, n);
END
$$;

-- An empty address takes it away.
CREATE FUNCTION reminder_address_set(p_level text, p_owner text, p_email text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_owner text := CASE WHEN p_owner <> '' THEN owner_of(p_owner, 'address.owner') END;
BEGIN
    IF p_email = '' THEN
        DELETE FROM reminder_address
         WHERE authority_id = app_authority() AND level = p_level
           AND owner_id IS NOT DISTINCT FROM v_owner;
        RETURN;
    END IF;
    INSERT INTO reminder_address (authority_id, level, owner_id, email)
    VALUES (app_authority(), p_level, v_owner, p_email)
    ON CONFLICT (authority_id, address_key) DO UPDATE SET email = excluded.email;
    UPDATE reminder AS m SET state = 'waiting', email = p_email, next_try = now()
     WHERE m.authority_id = app_authority() AND m.state = 'no_address' AND m.level = p_level
       AND (v_owner IS NULL OR m.owner_id = v_owner);
END
$$;

-- One line without control characters: it goes into the head of a message.
CREATE FUNCTION one_line(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT regexp_replace(p_text, '[[:cntrl:]]+', ' ', 'g') $$;

CREATE FUNCTION reminder_body(p_about text, p_owner text, p_authority text, p_round text,
                              p_round_id text, p_authority_id text, p_owner_id text, p_due_on date,
                              p_level text) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT 'The return of ' || p_owner || ' for ' || p_round || ' (' || p_authority || ') '
        || CASE p_about
           WHEN 'due' THEN 'is due on ' || p_due_on || '.'
           WHEN 'missing' THEN 'was due on ' || p_due_on || ' and has not come.'
           ELSE 'was sent back with a question, which has no answer yet.' END || E'\n\n'
        || CASE WHEN p_about = 'queried' THEN
               '  pledge return show ' || p_authority_id || ' ' || p_round_id || ' ' || p_owner_id
           WHEN p_level = 'owner' THEN
               '  pledge return template ' || p_authority_id || ' ' || p_round_id || ' ' || p_owner_id
           ELSE '  pledge round show ' || p_authority_id || ' ' || p_round_id || ' --late' END
        || E'\n\nA participation officer can give more time. This message was sent by the pledge'
           || E' service;\nnobody reads answers to it.\n'
$$;

-- Makes the reminders of one authority that are due today and were not made yet.
CREATE FUNCTION reminder_make(p_authority text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_count int;
BEGIN
    IF p_authority IS DISTINCT FROM app_authority() THEN
        PERFORM fail('PL403', 'Reminders are made for one''s own authority.', 'parent');
    END IF;
    WITH expected AS (
        SELECT e.round_id, e.owner_id, e.display_name, e.state, e.due_on, e.submission,
               r.title, a.display_name AS authority,
               (SELECT max(m.recorded_at)::date FROM return_move AS m
                 WHERE m.authority_id = e.authority_id AND m.round_id = e.round_id
                   AND m.owner_id = e.owner_id AND m.submission = e.submission
                   AND m.kind = 'queried') AS queried_on
          FROM expected_return AS e
          JOIN round AS r ON r.authority_id = e.authority_id AND r.round_id = e.round_id
          JOIN authority AS a ON a.authority_id = e.authority_id
         WHERE e.authority_id = p_authority AND r.close_time IS NULL
           AND current_date BETWEEN r.opens_on AND greatest(r.closes_on, e.due_on)
    ), due AS (
        SELECT e.*, u.rule_id, u.about, u.level,
               concat_ws('/', e.round_id, e.owner_id, u.rule_id, u.about, u.level, CASE u.about
                   WHEN 'queried' THEN e.submission || '/' || e.queried_on
                   ELSE e.due_on::text END) AS event_key
          FROM expected AS e
          JOIN reminder_rule_resource AS u ON u.authority_id = p_authority
           AND CASE u.about
               WHEN 'due' THEN e.state IN ('not_started', 'draft', 'checked')
                    AND current_date BETWEEN e.due_on - u.days AND e.due_on
               WHEN 'missing' THEN e.state = 'missing' AND current_date >= e.due_on + u.days
               ELSE e.state = 'queried' AND current_date >= e.queried_on + u.days END
    )
    INSERT INTO reminder (authority_id, number, event_key, rule_id, about, level, round_id, owner_id,
                          due_on, email, subject, body, state)
    SELECT p_authority,
           coalesce((SELECT max(m.number) FROM reminder AS m WHERE m.authority_id = p_authority), 0)
               + row_number() OVER (ORDER BY d.round_id, d.owner_id, d.rule_id),
           d.event_key, d.rule_id, d.about, d.level, d.round_id, d.owner_id, d.due_on,
           coalesce(x.email, ''),
           one_line(CASE d.about WHEN 'due' THEN 'Return due ' WHEN 'missing' THEN 'Return missing since '
                    ELSE 'Question open on the return due ' END
               || d.due_on || ': ' || d.display_name || ', ' || d.title),
           reminder_body(d.about, one_line(d.display_name), one_line(d.authority), one_line(d.title),
               d.round_id, p_authority, d.owner_id, d.due_on, d.level),
           CASE WHEN x.email IS NULL THEN 'no_address' ELSE 'waiting' END
      FROM due AS d
      LEFT JOIN reminder_address AS x ON x.authority_id = p_authority AND x.level = d.level
       AND (d.level = 'board' OR x.owner_id = d.owner_id)
     WHERE NOT EXISTS (SELECT FROM reminder AS m
                        WHERE m.authority_id = p_authority AND m.event_key = d.event_key);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

-- What a daemon runs by itself: makes what is due, and takes what is to be sent now. A message that was
-- taken comes again after `p_lease_s` seconds, unless reminder_told() has said what became of it.
CREATE FUNCTION reminder_job(p_limit int, p_lease_s int)
RETURNS TABLE (authority_id text, number int, email text, subject text, body text, message_id text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v text;
    v_made int;
BEGIN
    IF pg_try_advisory_xact_lock(hashtext('pledge.reminder')) THEN
        FOR v IN SELECT DISTINCT r.authority_id FROM round AS r WHERE r.close_time IS NULL
                    AND r.opens_on <= current_date ORDER BY 1 LOOP
            PERFORM set_config('pledge.authority', v, true);
            v_made := reminder_make(v);
            SET CONSTRAINTS ALL IMMEDIATE; -- what was made counts as this authority's
            SET CONSTRAINTS ALL DEFERRED;
            IF v_made > 0 THEN
                PERFORM audit_append(v, 'write', 'pledge.v1.ReminderService/MakeReminders', 'OK', '', '',
                                     '', 0, NULL, NULL, NULL, '');
            END IF;
        END LOOP;
        PERFORM set_config('pledge.authority', '', true);
    END IF;
    RETURN QUERY
    UPDATE reminder AS m SET tries = m.tries + 1, next_try = now() + p_lease_s * interval '1 second'
      FROM (SELECT w.authority_id, w.number FROM reminder AS w
             WHERE w.state = 'waiting' AND w.next_try <= now()
             ORDER BY w.next_try, w.authority_id, w.number LIMIT p_limit
               FOR UPDATE SKIP LOCKED) AS t
     WHERE m.authority_id = t.authority_id AND m.number = t.number
    RETURNING m.authority_id, m.number, m.email, m.subject, m.body,
              encode(sha256(convert_to(m.authority_id || E'\n' || m.event_key, 'UTF8')), 'hex');
END
$$;
COMMENT ON FUNCTION reminder_job(int, int) IS 'Makes reminders, and takes those that are to be sent.';

-- What became of a message: an empty problem is that a mail server took it.
CREATE FUNCTION reminder_told(p_authority text, p_number int, p_problem text, p_final boolean)
RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    UPDATE reminder AS m SET
        state = CASE WHEN p_problem = '' THEN 'sent'
                     WHEN p_final OR m.recorded_at < now() - interval '7 days' THEN 'given_up'
                     ELSE 'waiting' END,
        sent_at = CASE WHEN p_problem = '' THEN now() END,
        problem = left(one_line(p_problem), 300),
        next_try = now() + least(power(2, least(m.tries, 20)) * interval '1 minute', interval '6 hours')
     WHERE m.authority_id = p_authority AND m.number = p_number AND m.state = 'waiting'
$$;
COMMENT ON FUNCTION reminder_told(text, int, text, boolean)
    IS 'Keeps how sending went; what failed is tried again for a week, ever more seldom.';

INSERT INTO role_permission (role, permission) VALUES
    ('officer', 'reminder.read'), ('officer', 'reminder.write'),
    ('council_administrator', 'reminder.read'), ('council_administrator', 'reminder.write');

COMMIT;
