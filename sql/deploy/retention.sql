-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:retention to pg
-- Applies the periods of the table retention, and keeps what each run did. The daemons ask every hour
-- whether a run is due; of several that ask at once, one runs.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE retention_run (
    number   int NOT NULL GENERATED ALWAYS AS IDENTITY,
    run_time timestamptz NOT NULL,
    kind     text COLLATE "C" NOT NULL,
    days     int NOT NULL,
    removed  bigint NOT NULL,
    CONSTRAINT retention_run_number_unique PRIMARY KEY (number),
    CONSTRAINT retention_run_kind_once UNIQUE (run_time, kind),
    CONSTRAINT retention_run_kind_exists FOREIGN KEY (kind) REFERENCES retention
);
CREATE INDEX retention_run_kind ON retention_run (kind);
COMMENT ON TABLE retention_run IS 'What each run removed of each kind, none counted as 0';
COMMENT ON CONSTRAINT retention_run_number_unique ON retention_run IS 'number: is taken';
COMMENT ON CONSTRAINT retention_run_kind_once ON retention_run IS 'kind: was in the run already';
COMMENT ON CONSTRAINT retention_run_kind_exists ON retention_run IS 'kind: has no period';

CREATE FUNCTION retention_due() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT NOT EXISTS (SELECT FROM retention_run WHERE run_time > now() - interval '24 hours')
$$;
COMMENT ON FUNCTION retention_due() IS 'Whether the last run is a day old, or there was none.';

-- The day before which something of this kind is too old.
CREATE FUNCTION retention_until(p_kind text) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$ SELECT now() - r.days * interval '1 day' FROM retention AS r WHERE r.kind = p_kind $$;

CREATE FUNCTION retention_remove(p_kind text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_until timestamptz := retention_until(p_kind);
    v_places member[];
    v_count bigint;
    v_more bigint;
BEGIN
    CASE p_kind
    WHEN 'session' THEN
        DELETE FROM session WHERE least(end_time, expire_time, last_use_time + idle) < v_until;
    WHEN 'attempt' THEN
        DELETE FROM attempt WHERE greatest(last_time, blocked_until) < v_until;
    WHEN 'used_token' THEN
        DELETE FROM token_used WHERE expire_time < v_until;
    WHEN 'invitation' THEN
        DELETE FROM invitation WHERE expire_time < v_until;
    WHEN 'device' THEN
        DELETE FROM device WHERE use_time < v_until;
    WHEN 'request' THEN
        DELETE FROM request WHERE recorded_at < v_until;
    WHEN 'consultation_text' THEN
        -- A concern stays: the safeguarding officer's record of it is kept by other rules.
        DELETE FROM response_text_move AS m USING response_text AS t, consultation AS c
         WHERE t.authority_id = m.authority_id AND t.text_id = m.text_id AND t.state <> 'concern' AND c.authority_id = t.authority_id
           AND c.consultation_id = t.consultation_id AND c.close_time < v_until;
        DELETE FROM response_text AS t USING consultation AS c
         WHERE c.authority_id = t.authority_id AND c.consultation_id = t.consultation_id
           AND t.state <> 'concern' AND c.close_time < v_until;
    WHEN 'young_words' THEN
        DELETE FROM response_text_move AS m USING response_text AS t
         WHERE t.authority_id = m.authority_id AND t.text_id = m.text_id AND t.consultation_id IS NULL
           AND t.state <> 'concern' AND t.received_on < v_until::date;
        DELETE FROM response_text AS t
         WHERE t.rating IS NOT NULL AND t.state <> 'concern' AND t.received_on < v_until::date;
        GET DIAGNOSTICS v_count = ROW_COUNT;
        -- Who may see an issue or a finding follows from the row of its words, so that stays. What nobody
        -- has looked at till now is shown to nobody by being without words.
        UPDATE response_text AS t
           SET text = '', erased_on = current_date,
               state = CASE t.state WHEN 'waiting' THEN 'hidden' ELSE t.state END
         WHERE t.consultation_id IS NULL AND t.state <> 'concern' AND t.erased_on IS NULL
           AND t.received_on < v_until::date;
        GET DIAGNOSTICS v_more = ROW_COUNT;
        RETURN v_count + v_more;
    WHEN 'audit_address' THEN
        UPDATE audit_entry SET peer = NULL, peer_salt = NULL
         WHERE peer IS NOT NULL AND recorded_at < v_until;
    WHEN 'member' THEN
        v_places := ARRAY(SELECT m FROM member AS m
                           WHERE m.expires_on < v_until::date AND m.erase_time IS NULL
                           ORDER BY m.authority_id, m.member_id);
        PERFORM personal_erase(v_places, 'retention', 'pledge.v1.RetentionService/ApplyRetention');
        RETURN cardinality(v_places);
    END CASE;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END
$$;

-- Members come last: from then on their authorities wait for the end.
CREATE FUNCTION retention_apply() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_now timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('pledge.retention'));
    v_now := clock_timestamp();
    INSERT INTO retention_run (run_time, kind, days, removed)
    SELECT v_now, r.kind, r.days, retention_remove(r.kind)
      FROM (SELECT * FROM retention ORDER BY kind = 'member', kind) AS r;
END
$$;
COMMENT ON FUNCTION retention_apply() IS 'Removes what is too old and records how much it was.';

CREATE FUNCTION retention_apply_now() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF app_role() IS DISTINCT FROM 'host_administrator' THEN
        PERFORM fail('PL403', 'Only a host administrator may apply the periods.');
    END IF;
    PERFORM retention_apply();
END
$$;
COMMENT ON FUNCTION retention_apply_now() IS 'Applies the periods for a host administrator.';

-- What the daemon runs by itself: nothing, and no row, unless a run is due and nobody else is at it.
CREATE FUNCTION retention_job() RETURNS TABLE (kind text, removed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF NOT retention_due() OR NOT pg_try_advisory_xact_lock(hashtext('pledge.retention'))
        OR NOT retention_due() THEN
        RETURN;
    END IF;
    PERFORM retention_apply();
    PERFORM audit_append('', 'write', 'pledge.v1.RetentionService/ApplyRetention', 'OK', '', '', '', 0,
                         NULL, NULL, NULL, '');
    RETURN QUERY SELECT r.kind, r.removed FROM retention_run AS r
                  WHERE r.run_time = (SELECT max(l.run_time) FROM retention_run AS l)
                  ORDER BY r.number;
END
$$;
COMMENT ON FUNCTION retention_job() IS 'The daily run: what it removed of each kind, or no row.';

CREATE FUNCTION retention_update(p_kind text, p_days int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v retention;
BEGIN
    IF app_role() IS DISTINCT FROM 'host_administrator' THEN
        PERFORM fail('PL403', 'Only a host administrator may change a period.');
    END IF;
    SELECT * INTO v FROM retention WHERE kind = p_kind FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no kind ' || p_kind || ' with a period.', 'kind');
    ELSIF p_days NOT BETWEEN v.least_days AND v.most_days THEN
        PERFORM fail('PL400', 'This kind is kept for ' || v.least_days || ' to ' || v.most_days
            || ' days.', 'days');
    END IF;
    UPDATE retention SET days = p_days, update_time = now() WHERE kind = p_kind;
END
$$;
COMMENT ON FUNCTION retention_update(text, int) IS 'Sets how many days a kind is kept.';

INSERT INTO role_permission (role, permission) VALUES
    ('host_administrator', 'retention.read'), ('host_administrator', 'retention.write');

COMMIT;
