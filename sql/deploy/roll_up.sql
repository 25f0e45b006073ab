-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:roll_up to pg
-- How what owners say of a statement, and how statements, are rolled up into one standing. An authority
-- chooses one of two rules; what it chose before is kept, so that a past day is shown by the rule of then.
--   worst     the worst that was said stands
--   weighted  ratings count 0 (red), 50 (amber) and 100 (green), each owner's by its weight; the mean stands
--             against two thresholds
-- Neither hides anything: what is missing outranks amber, and what nobody undertook outranks green.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE roll_up (
    authority_id text COLLATE "C" NOT NULL,
    revision     int NOT NULL,
    rule         text NOT NULL,
    green_from   int NOT NULL,
    amber_from   int NOT NULL,
    principal_id uuid NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roll_up_etag_latest PRIMARY KEY (authority_id, revision),
    CONSTRAINT roll_up_authority_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT roll_up_rule_known CHECK (rule IN ('worst', 'weighted')),
    CONSTRAINT roll_up_green_from_range CHECK (rule <> 'weighted' OR green_from BETWEEN 2 AND 100),
    CONSTRAINT roll_up_amber_from_order CHECK (rule <> 'weighted' OR amber_from BETWEEN 1 AND green_from - 1),
    CONSTRAINT roll_up_rule_weighted CHECK (rule = 'weighted' OR green_from = 0 AND amber_from = 0)
);
COMMENT ON CONSTRAINT roll_up_etag_latest ON roll_up
    IS 'roll_up.etag: another rule was set at the same moment';
COMMENT ON CONSTRAINT roll_up_authority_exists ON roll_up IS 'roll_up.name: names no authority';
COMMENT ON CONSTRAINT roll_up_rule_known ON roll_up IS 'roll_up.rule: must be worst or weighted';
COMMENT ON CONSTRAINT roll_up_green_from_range ON roll_up
    IS 'roll_up.green_from: must be 2 to 100 with the weighted rule';
COMMENT ON CONSTRAINT roll_up_amber_from_order ON roll_up
    IS 'roll_up.amber_from: must be at least 1 and less than green_from with the weighted rule';
COMMENT ON CONSTRAINT roll_up_rule_weighted ON roll_up
    IS 'roll_up.rule: only the weighted rule has thresholds';

CREATE TABLE roll_up_weight (
    authority_id text COLLATE "C" NOT NULL,
    revision     int NOT NULL,
    owner_id     text COLLATE "C" NOT NULL,
    weight       int NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roll_up_weight_owner_once PRIMARY KEY (authority_id, revision, owner_id),
    CONSTRAINT roll_up_weight_roll_up_exists FOREIGN KEY (authority_id, revision) REFERENCES roll_up,
    CONSTRAINT roll_up_weight_owner_exists FOREIGN KEY (authority_id, owner_id) REFERENCES owner,
    CONSTRAINT roll_up_weight_weight_range CHECK (weight BETWEEN 1 AND 10)
);
COMMENT ON TABLE roll_up_weight IS 'Owners that count other than once';
COMMENT ON CONSTRAINT roll_up_weight_owner_once ON roll_up_weight
    IS 'roll_up.weights: names an owner twice';
COMMENT ON CONSTRAINT roll_up_weight_roll_up_exists ON roll_up_weight IS 'roll_up: is no rule';
COMMENT ON CONSTRAINT roll_up_weight_owner_exists ON roll_up_weight
    IS 'roll_up.weights: names no department or partner agency';
COMMENT ON CONSTRAINT roll_up_weight_weight_range ON roll_up_weight
    IS 'roll_up.weights: must be 1 to 10';

DO $$ BEGIN PERFORM tenant_tables('{roll_up,roll_up_weight}'); END $$;

CREATE FUNCTION roll_up_on(p_day date, p_until timestamptz DEFAULT 'infinity') RETURNS roll_up
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
DECLARE
    v roll_up;
BEGIN
    SELECT * INTO v FROM roll_up AS u
     WHERE u.authority_id = app_authority() AND u.recorded_at::date <= p_day AND u.recorded_at <= p_until
     ORDER BY u.revision DESC LIMIT 1;
    IF NOT FOUND THEN
        v.authority_id := app_authority();
        v.revision := 0;
        v.rule := 'worst';
        v.green_from := 0;
        v.amber_from := 0;
    END IF;
    RETURN v;
END
$$;
COMMENT ON FUNCTION roll_up_on(date, timestamptz)
    IS 'The rule at the end of a day, or at a moment before; the worst stands unless one was chosen.';

-- Ranks of standings, from 1: red, missing, amber, no commitment, awaited, green.
CREATE FUNCTION roll_up_rank(p_rule text, p_green_from int, p_amber_from int, p_worst int, p_score int,
                             p_missing boolean, p_uncommitted boolean, p_whole boolean) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN CASE p_rule WHEN 'weighted' THEN p_score < p_amber_from ELSE p_worst = 1 END THEN 1
                WHEN p_missing THEN 2
                WHEN CASE p_rule WHEN 'weighted' THEN p_score < p_green_from ELSE p_worst = 2 END THEN 3
                WHEN p_uncommitted THEN 4
                WHEN p_whole THEN 6
                ELSE 5 END
$$;
COMMENT ON FUNCTION roll_up_rank(text, int, int, int, int, boolean, boolean, boolean)
    IS 'p_worst: 1 red, 2 amber, 3 green, NULL where nothing came; p_score: 0 to 100 or NULL; then whether a'
    ' return is missing, whether a statement has no commitment, and whether an owner has answered throughout.';

-- How bad what one owner says is, over its commitments to a statement. p_open: some have no answer.
CREATE FUNCTION owner_rank(p_worst int, p_missing boolean, p_open boolean) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT CASE WHEN p_worst = 1 THEN 1 WHEN p_missing THEN 2 WHEN p_worst = 2 THEN 3 WHEN p_open THEN 5
                ELSE 6 END
$$;

CREATE FUNCTION rating_score(p_points bigint, p_weights bigint) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT round(50.0 * p_points / p_weights)::int4 $$;
COMMENT ON FUNCTION rating_score(bigint, bigint)
    IS 'The mean of 0 to 100. p_points: 2 for green and 1 for amber, times weights; NULL where nothing came';

CREATE FUNCTION roll_up_set(p_rule text, p_green_from int, p_amber_from int, p_owners text[],
                            p_weights int[], p_etag text) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_bad jsonb;
    v_last int;
    v_foreign int := (SELECT min(u.n) FROM unnest(p_owners) WITH ORDINALITY AS u (owner, n)
                       WHERE starts_with(u.owner, 'authorities/')
                         AND split_part(u.owner, '/', 2) <> app_authority());
BEGIN
    IF v_foreign IS NOT NULL THEN
        PERFORM fail('PL403', 'The owner must belong to the authority of the call.',
            'roll_up.weights[' || v_foreign - 1 || '].owner');
    END IF;
    -- one after another in an authority
    PERFORM FROM authority AS a WHERE a.authority_id = app_authority() FOR NO KEY UPDATE;
    v_last := (roll_up_on('9999-12-31')).revision;
    PERFORM etag_check(p_etag, etag(v_last), 'roll_up.etag');
    SELECT jsonb_agg(violation('roll_up.' || b.field, b.rule) ORDER BY b.n)
      INTO v_bad
      FROM (SELECT 0 AS n, r.field, r.rule FROM (VALUES
                (p_rule NOT IN ('worst', 'weighted'), 'rule', 'must be worst or weighted'),
                (p_rule = 'weighted' AND p_green_from NOT BETWEEN 2 AND 100, 'green_from',
                    'must be 2 to 100 with the weighted rule'),
                (p_rule = 'weighted' AND p_amber_from NOT BETWEEN 1 AND p_green_from - 1, 'amber_from',
                    'must be at least 1 and less than green_from with the weighted rule'),
                (p_rule = 'worst' AND p_green_from <> 0, 'green_from', 'only the weighted rule has thresholds'),
                (p_rule = 'worst' AND p_amber_from <> 0, 'amber_from', 'only the weighted rule has thresholds'),
                (p_rule = 'worst' AND cardinality(p_owners) > 0, 'weights', 'only the weighted rule has weights')
            ) AS r (broken, field, rule) WHERE r.broken
        UNION ALL
        SELECT w.n, 'weights[' || w.n - 1 || '].' || r.field, r.rule
          FROM (SELECT u.owner, u.weight, u.n,
                       row_number() OVER (PARTITION BY u.owner ORDER BY u.n) AS nth,
                       EXISTS (SELECT FROM owner AS o WHERE o.authority_id = app_authority()
                                  AND o.resource_name = u.owner) AS is_owner
                  FROM unnest(p_owners, p_weights) WITH ORDINALITY AS u (owner, weight, n)) AS w
         CROSS JOIN LATERAL (VALUES
            (NOT w.is_owner, 'owner', 'names no department or partner agency'),
            (w.nth > 1, 'owner', 'is named twice'),
            (w.weight NOT BETWEEN 1 AND 10, 'weight', 'must be 1 to 10')
         ) AS r (broken, field, rule)
         WHERE r.broken) AS b;
    IF v_bad IS NOT NULL THEN
        PERFORM fail_all('PL400', 'There is something wrong with the rule.', v_bad);
    END IF;
    INSERT INTO roll_up (authority_id, revision, rule, green_from, amber_from, principal_id)
    VALUES (app_authority(), v_last + 1, p_rule, p_green_from, p_amber_from, app_principal());
    INSERT INTO roll_up_weight (authority_id, revision, owner_id, weight)
    SELECT app_authority(), v_last + 1, o.owner_id, w.weight
      FROM unnest(p_owners, p_weights) AS w (owner, weight)
      JOIN owner AS o ON o.authority_id = app_authority() AND o.resource_name = w.owner;
END
$$;

-- A rule as the API shows it.
CREATE FUNCTION roll_up_shown(p_day date, p_until timestamptz DEFAULT 'infinity')
RETURNS TABLE (rule text, green_from int, amber_from int, owners text[], weights int[],
               update_time timestamptz, etag text)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT u.rule, u.green_from, u.amber_from,
           ARRAY(SELECT o.resource_name FROM roll_up_weight AS w
                   JOIN owner AS o ON o.authority_id = w.authority_id AND o.owner_id = w.owner_id
                  WHERE w.authority_id = u.authority_id AND w.revision = u.revision ORDER BY w.owner_id),
           ARRAY(SELECT w.weight FROM roll_up_weight AS w
                  WHERE w.authority_id = u.authority_id AND w.revision = u.revision ORDER BY w.owner_id),
           u.recorded_at, etag(u.revision)
      FROM roll_up_on(p_day, p_until) AS u
$$;

INSERT INTO role_permission (role, permission) VALUES ('officer', 'roll_up.write');

COMMIT;
