-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:round to pg
-- Reporting rounds, and what is owed in them: while a round is open, every commitment to its
-- version that is not withdrawn; once an officer has closed it, what was owed at that moment.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE round (
    authority_id   text COLLATE "C" NOT NULL,
    round_id       text COLLATE "C" NOT NULL,
    title          text NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    observed_from  date,
    observed_to    date,
    opens_on       date,
    due_on         date,
    closes_on      date,
    close_time     timestamptz,
    create_time    timestamptz NOT NULL DEFAULT now(),
    update_time    timestamptz NOT NULL DEFAULT now(),
    revision       int NOT NULL DEFAULT 1,
    CONSTRAINT round_round_id_unique PRIMARY KEY (authority_id, round_id),
    CONSTRAINT round_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT round_round_id_form CHECK (is_id(round_id)),
    CONSTRAINT round_title_length CHECK (is_said(title) AND char_length(title) <= 200),
    CONSTRAINT round_observed_from_needed CHECK (observed_from IS NOT NULL),
    CONSTRAINT round_observed_to_needed CHECK (observed_to IS NOT NULL),
    CONSTRAINT round_opens_on_needed CHECK (opens_on IS NOT NULL),
    CONSTRAINT round_due_on_needed CHECK (due_on IS NOT NULL),
    CONSTRAINT round_closes_on_needed CHECK (closes_on IS NOT NULL),
    CONSTRAINT round_observed_to_order CHECK (observed_to >= observed_from),
    CONSTRAINT round_due_on_order CHECK (due_on >= opens_on),
    CONSTRAINT round_closes_on_order CHECK (closes_on >= due_on)
);
COMMENT ON CONSTRAINT round_round_id_unique ON round
    IS 'round_id: is already the identifier of another round';
COMMENT ON CONSTRAINT round_version_exists ON round
    IS 'version: names no version of a pledge';
COMMENT ON CONSTRAINT round_round_id_form ON round
    IS 'round_id: must be 1 to 63 lower case letters, digits and hyphens, no hyphen first';
COMMENT ON CONSTRAINT round_title_length ON round IS 'title: must have 1 to 200 characters';
COMMENT ON CONSTRAINT round_observed_from_needed ON round IS 'observed_from: is needed';
COMMENT ON CONSTRAINT round_observed_to_needed ON round IS 'observed_to: is needed';
COMMENT ON CONSTRAINT round_opens_on_needed ON round IS 'opens_on: is needed';
COMMENT ON CONSTRAINT round_due_on_needed ON round IS 'due_on: is needed';
COMMENT ON CONSTRAINT round_closes_on_needed ON round IS 'closes_on: is needed';
COMMENT ON CONSTRAINT round_observed_to_order ON round
    IS 'observed_to: must not be before observed_from';
COMMENT ON CONSTRAINT round_due_on_order ON round IS 'due_on: must not be before opens_on';
COMMENT ON CONSTRAINT round_closes_on_order ON round IS 'closes_on: must not be before due_on';
CREATE INDEX round_observed ON round (authority_id, observed_to, round_id);
CREATE INDEX round_opens ON round (authority_id, opens_on, round_id);
CREATE INDEX round_version
    ON round (authority_id, pledge_id, version_number, observed_to, round_id);

CREATE TABLE round_commitment (
    authority_id  text COLLATE "C" NOT NULL,
    round_id      text COLLATE "C" NOT NULL,
    commitment_id text COLLATE "C" NOT NULL,
    statement_id  text COLLATE "C" NOT NULL,
    owner_id      text COLLATE "C" NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT round_commitment_commitment_once
        PRIMARY KEY (authority_id, round_id, commitment_id, statement_id),
    CONSTRAINT round_commitment_round_exists FOREIGN KEY (authority_id, round_id)
        REFERENCES round,
    CONSTRAINT round_commitment_commitment_exists
        FOREIGN KEY (authority_id, commitment_id, statement_id) REFERENCES commitment_statement,
    CONSTRAINT round_commitment_owner_exists FOREIGN KEY (authority_id, owner_id)
        REFERENCES owner
);
COMMENT ON TABLE round_commitment IS 'What was owed in a round when an officer closed it';
COMMENT ON CONSTRAINT round_commitment_commitment_once ON round_commitment
    IS 'commitment: was already owed for the statement';
COMMENT ON CONSTRAINT round_commitment_round_exists ON round_commitment
    IS 'round: names no round';
COMMENT ON CONSTRAINT round_commitment_commitment_exists ON round_commitment
    IS 'commitment: does not serve the statement';
COMMENT ON CONSTRAINT round_commitment_owner_exists ON round_commitment
    IS 'owner: names no department or partner agency';

CREATE TABLE round_standing (
    authority_id text COLLATE "C" NOT NULL,
    round_id     text COLLATE "C" NOT NULL,
    statement_id text COLLATE "C" NOT NULL,
    rank         int NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT round_standing_statement_once PRIMARY KEY (authority_id, round_id, statement_id),
    CONSTRAINT round_standing_round_exists FOREIGN KEY (authority_id, round_id)
        REFERENCES round,
    CONSTRAINT round_standing_rank_range CHECK (rank BETWEEN 1 AND 6)
);
COMMENT ON TABLE round_standing
    IS 'How each statement stood when an officer closed the round; it changes no more.';
COMMENT ON CONSTRAINT round_standing_statement_once ON round_standing
    IS 'statement: stands already';
COMMENT ON CONSTRAINT round_standing_round_exists ON round_standing IS 'round: names no round';
COMMENT ON CONSTRAINT round_standing_rank_range ON round_standing
    IS 'rank: must be 1 (worst) to 6';

-- More time for one owner. The latest stands.
CREATE TABLE round_extension (
    authority_id text COLLATE "C" NOT NULL,
    round_id     text COLLATE "C" NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    extension    int NOT NULL,
    due_on       date,
    reason       text NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT round_extension_extension_once
        PRIMARY KEY (authority_id, round_id, owner_id, extension),
    CONSTRAINT round_extension_round_exists FOREIGN KEY (authority_id, round_id) REFERENCES round,
    CONSTRAINT round_extension_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT round_extension_due_on_needed CHECK (due_on IS NOT NULL),
    CONSTRAINT round_extension_reason_length CHECK (is_said(reason) AND char_length(reason) <= 1000)
);
COMMENT ON CONSTRAINT round_extension_extension_once ON round_extension
    IS 'due_on: another extension came at the same moment';
COMMENT ON CONSTRAINT round_extension_round_exists ON round_extension IS 'name: names no round';
COMMENT ON CONSTRAINT round_extension_owner_exists ON round_extension
    IS 'owner: names no department or partner agency';
COMMENT ON CONSTRAINT round_extension_due_on_needed ON round_extension IS 'due_on: is needed';
COMMENT ON CONSTRAINT round_extension_reason_length ON round_extension
    IS 'reason: must have 1 to 1000 characters';

CREATE TRIGGER round_touch BEFORE UPDATE ON round FOR EACH ROW EXECUTE FUNCTION touch();

DO $$ BEGIN PERFORM tenant_tables('{round,round_commitment,round_standing,round_extension}'); END $$;

CREATE VIEW round_extended WITH (security_invoker = true) AS
    SELECT DISTINCT ON (x.authority_id, x.round_id, x.owner_id)
           x.authority_id, x.round_id, x.owner_id, x.due_on, x.reason
      FROM round_extension AS x
     ORDER BY x.authority_id, x.round_id, x.owner_id, x.extension DESC;
COMMENT ON VIEW round_extended IS 'Until when an owner has more time than the others';

CREATE FUNCTION round_state(p_opens_on date, p_due_on date, p_closes_on date,
                            p_close_time timestamptz, p_as_at date) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_close_time IS NOT NULL OR p_as_at > p_closes_on THEN 'closed'
                WHEN p_as_at < p_opens_on THEN 'scheduled'
                WHEN p_as_at > p_due_on THEN 'overdue'
                ELSE 'open' END
$$;
COMMENT ON FUNCTION round_state(date, date, date, timestamptz, date)
    IS 'p_close_time: NULL where no officer had closed it by the day asked for';

CREATE VIEW round_resource WITH (security_invoker = true) AS
    SELECT r.authority_id, r.round_id,
           'authorities/' || r.authority_id || '/rounds/' || r.round_id AS name, r.title,
           'authorities/' || r.authority_id || '/pledges/' || r.pledge_id || '/versions/'
               || r.version_number AS version,
           r.observed_from, r.observed_to, r.opens_on, r.due_on, r.closes_on,
           round_state(r.opens_on, r.due_on, r.closes_on, r.close_time, current_date) AS state, r.close_time,
           r.create_time, r.update_time, etag(r.revision) AS etag
      FROM round AS r;
COMMENT ON VIEW round_resource IS 'Rounds as the API shows them';

CREATE VIEW version_owed WITH (security_invoker = true) AS
    SELECT c.authority_id, c.pledge_id, c.version_number, c.owner_id, c.commitment_id,
           s.statement_id
      FROM commitment AS c
      JOIN commitment_statement AS s ON s.authority_id = c.authority_id
       AND s.commitment_id = c.commitment_id
     WHERE NOT c.withdrawn AND s.ended_at IS NULL
    UNION ALL
    SELECT k.authority_id, k.pledge_id, k.version_number, c.owner_id, k.commitment_id, k.statement_id
      FROM commitment_carried AS k
      JOIN commitment AS c ON c.authority_id = k.authority_id AND c.commitment_id = k.commitment_id
     WHERE NOT c.withdrawn AND EXISTS (
        SELECT FROM commitment_statement AS s
         WHERE s.authority_id = k.authority_id AND s.commitment_id = k.commitment_id
           AND s.statement_id = k.from_statement_id AND s.ended_at IS NULL)
     GROUP BY k.authority_id, k.pledge_id, k.version_number, c.owner_id, k.commitment_id, k.statement_id;
COMMENT ON VIEW version_owed IS 'Which commitments, to which statements, a version asks about now: its own,'
    ' and those made to earlier versions that lead here';

CREATE VIEW round_owed WITH (security_invoker = true) AS
    SELECT r.authority_id, r.round_id, w.owner_id, w.commitment_id, w.statement_id
      FROM round AS r
      JOIN version_owed AS w ON w.authority_id = r.authority_id AND w.pledge_id = r.pledge_id
       AND w.version_number = r.version_number
     WHERE r.close_time IS NULL
    UNION ALL
    SELECT f.authority_id, f.round_id, f.owner_id, f.commitment_id, f.statement_id
      FROM round_commitment AS f;
COMMENT ON VIEW round_owed IS 'Which commitments, to which statements, a round asks about';

CREATE FUNCTION is_closed_on(p_close_time timestamptz, p_as_at date, p_known_on date) RETURNS boolean
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT coalesce(p_close_time::date <= least(p_as_at, p_known_on), false);
END;
COMMENT ON FUNCTION is_closed_on(timestamptz, date, date)
    IS 'Whether an officer had closed a round. That was recorded when it was done.';

-- The same of a past day. A commitment carries no day but that on which it was recorded; one that was recorded
-- after a round was closed was never asked about in it.
CREATE FUNCTION round_owed_on(p_round text, p_as_at date, p_known_on date)
RETURNS TABLE (statement_id text, owner_id text, commitment_id text)
LANGUAGE plpgsql STABLE ROWS 100 SET search_path = pledge, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v round;
BEGIN
    SELECT * INTO v FROM round AS r
     WHERE r.authority_id = app_authority() AND r.round_id = p_round;
    IF v.close_time IS NULL AND p_as_at >= current_date AND p_known_on >= current_date
       OR is_closed_on(v.close_time, p_as_at, p_known_on) THEN
        RETURN QUERY SELECT w.statement_id, w.owner_id, w.commitment_id FROM round_owed AS w
                      WHERE w.authority_id = app_authority() AND w.round_id = p_round;
        RETURN;
    END IF;
    RETURN QUERY
    WITH direct AS MATERIALIZED (
        SELECT c.owner_id, c.commitment_id, s.version_number, s.statement_id
          FROM commitment AS c
          JOIN commitment_statement AS s ON s.authority_id = c.authority_id
           AND s.commitment_id = c.commitment_id
         WHERE c.authority_id = app_authority() AND c.pledge_id = v.pledge_id
           AND s.recorded_at::date <= p_known_on AND s.recorded_at <= coalesce(v.close_time, 'infinity')
           AND commitment_owed_on(c.authority_id, c.commitment_id, s.statement_id,
                                  least(p_as_at, p_known_on))
    )
    SELECT d.statement_id, d.owner_id, d.commitment_id FROM direct AS d
     WHERE d.version_number = v.version_number
    UNION ALL
    SELECT k.statement_id, d.owner_id, d.commitment_id
      FROM direct AS d
      JOIN commitment_carried AS k ON k.authority_id = app_authority()
       AND k.commitment_id = d.commitment_id AND k.from_statement_id = d.statement_id
     WHERE k.pledge_id = v.pledge_id AND k.version_number = v.version_number
       AND k.recorded_at::date <= p_known_on AND k.recorded_at <= coalesce(v.close_time, 'infinity')
     GROUP BY k.statement_id, d.owner_id, d.commitment_id;
END
$$;
COMMENT ON FUNCTION round_owed_on(text, date, date)
    IS 'What a round asked about at the end of a day, by what was recorded by the end of another.';

CREATE FUNCTION round_create(p_id text, p_title text, p_pledge text, p_version text,
                             p_observed_from date, p_observed_to date, p_opens_on date,
                             p_due_on date, p_closes_on date) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    INSERT INTO round (authority_id, round_id, title, pledge_id, version_number, observed_from,
                       observed_to, opens_on, due_on, closes_on)
    VALUES (app_authority(), p_id, p_title, p_pledge, version_number(p_version),
            p_observed_from, p_observed_to, p_opens_on, p_due_on, p_closes_on)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        PERFORM fail('PL409', 'There is already a round ' || p_id || '.', 'round_id');
    END IF;
END
$$;

-- Locks a round that an officer has not closed and that has the etag that the caller read.
CREATE FUNCTION round_lock(p_id text, p_etag text, p_name_field text, p_etag_field text)
RETURNS round
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v round;
BEGIN
    SELECT * INTO v FROM round WHERE authority_id = app_authority() AND round_id = p_id
       FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no round ' || p_id || '.', p_name_field);
    ELSIF v.close_time IS NOT NULL THEN
        PERFORM fail('PL412', 'Round ' || p_id || ' is closed for good.', p_name_field);
    END IF;
    PERFORM etag_check(p_etag, etag(v.revision), p_etag_field);
    RETURN v;
END
$$;

CREATE FUNCTION round_update(p_id text, p_title text, p_observed_from date, p_observed_to date,
                             p_opens_on date, p_due_on date, p_closes_on date, p_etag text,
                             p_paths text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v round;
BEGIN
    PERFORM mask_check(p_paths, '{title,observed_from,observed_to,opens_on,due_on,closes_on}');
    v := round_lock(p_id, p_etag, 'round.name', 'round.etag');
    UPDATE round SET
        title = CASE WHEN masked('title', p_paths) THEN p_title ELSE v.title END,
        observed_from = CASE WHEN masked('observed_from', p_paths) THEN p_observed_from
                             ELSE v.observed_from END,
        observed_to = CASE WHEN masked('observed_to', p_paths) THEN p_observed_to
                           ELSE v.observed_to END,
        opens_on = CASE WHEN masked('opens_on', p_paths) THEN p_opens_on ELSE v.opens_on END,
        due_on = CASE WHEN masked('due_on', p_paths) THEN p_due_on ELSE v.due_on END,
        closes_on = CASE WHEN masked('closes_on', p_paths) THEN p_closes_on ELSE v.closes_on END
    WHERE authority_id = app_authority() AND round_id = p_id;
END
$$;

CREATE FUNCTION round_extend(p_id text, p_owner text, p_due_on date, p_reason text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v round := round_lock(p_id, '', 'name', '');
    v_owner text := owner_of(p_owner, 'owner');
    v_due date;
BEGIN
    PERFORM FROM round_owed AS w WHERE w.authority_id = app_authority() AND w.round_id = p_id
       AND w.owner_id = v_owner;
    IF NOT FOUND THEN
        PERFORM fail('PL412', v_owner || ' has no commitment in round ' || p_id || '.', 'owner');
    END IF;
    v_due := coalesce((SELECT x.due_on FROM round_extended AS x WHERE x.authority_id = app_authority()
        AND x.round_id = p_id AND x.owner_id = v_owner), v.due_on);
    IF p_due_on <= v_due OR p_due_on < current_date THEN
        PERFORM fail('PL400', 'due_on: must be later than ' || v_due
            || ', the day it is due now, and not past.', 'due_on');
    END IF;
    INSERT INTO round_extension (authority_id, round_id, owner_id, extension, due_on, reason,
                                 principal_id)
    SELECT app_authority(), p_id, v_owner, 1 + count(*), p_due_on, p_reason, app_principal()
      FROM round_extension AS x
     WHERE x.authority_id = app_authority() AND x.round_id = p_id AND x.owner_id = v_owner;
END
$$;

CREATE FUNCTION round_close(p_id text, p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM round_lock(p_id, p_etag, 'name', 'etag');
    INSERT INTO round_commitment (authority_id, round_id, commitment_id, statement_id, owner_id)
    SELECT w.authority_id, w.round_id, w.commitment_id, w.statement_id, w.owner_id
      FROM round_owed AS w WHERE w.authority_id = app_authority() AND w.round_id = p_id;
    UPDATE round SET close_time = now()
     WHERE authority_id = app_authority() AND round_id = p_id;
    INSERT INTO round_standing (authority_id, round_id, statement_id, rank)
    SELECT app_authority(), p_id, k.statement_id, k.rank FROM statement_rank(p_id, current_date, '9999-12-31') AS k;
END
$$;

COMMIT;
