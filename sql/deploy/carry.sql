-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:carry to pg
-- Commitments follow lineage: what was undertaken for a statement is owed to its successors, too, from the
-- day the next version is adopted and until the commitment is withdrawn or no longer serves the statement
-- that it was made for.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE commitment_carried (
    authority_id      text COLLATE "C" NOT NULL,
    pledge_id         text COLLATE "C" NOT NULL,
    version_number    int NOT NULL,
    statement_id      text COLLATE "C" NOT NULL,
    commitment_id     text COLLATE "C" NOT NULL,
    from_statement_id text COLLATE "C" NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT commitment_carried_statement_once PRIMARY KEY
        (authority_id, pledge_id, version_number, statement_id, commitment_id, from_statement_id),
    CONSTRAINT commitment_carried_statement_exists
        FOREIGN KEY (authority_id, pledge_id, version_number, statement_id) REFERENCES statement,
    CONSTRAINT commitment_carried_commitment_exists
        FOREIGN KEY (authority_id, commitment_id, from_statement_id)
        REFERENCES commitment_statement (authority_id, commitment_id, statement_id)
);
COMMENT ON TABLE commitment_carried
    IS 'from_statement_id: the statement of the earlier version that the commitment was made for';
COMMENT ON CONSTRAINT commitment_carried_statement_once ON commitment_carried
    IS 'statement: is reached already';
COMMENT ON CONSTRAINT commitment_carried_statement_exists ON commitment_carried
    IS 'statement: is no statement of the version';
COMMENT ON CONSTRAINT commitment_carried_commitment_exists ON commitment_carried
    IS 'commitment: does not serve the statement';
CREATE INDEX commitment_carried_commitment
    ON commitment_carried (authority_id, commitment_id, from_statement_id);
ALTER TABLE commitment_carried ENABLE ROW LEVEL SECURITY;
ALTER TABLE commitment_carried FORCE ROW LEVEL SECURITY;
CREATE POLICY commitment_carried_tenant ON commitment_carried
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());

-- One step of lineage: from the version before to this one. p_commitment: NULL for all. Those that were
-- withdrawn come along, as they may be taken up again; who asks what is owed leaves them out.
CREATE FUNCTION commitments_carry(p_pledge text, p_number int, p_commitment text) RETURNS void
LANGUAGE sql SET search_path = pledge, pg_temp
AS $$
    INSERT INTO commitment_carried (authority_id, pledge_id, version_number, statement_id,
                                    commitment_id, from_statement_id)
    SELECT DISTINCT l.authority_id, l.pledge_id, l.version_number, l.to_statement_id,
           h.commitment_id, h.from_statement_id
      FROM (SELECT s.version_number, s.statement_id, s.commitment_id, s.statement_id AS from_statement_id
              FROM commitment_statement AS s
             WHERE s.authority_id = app_authority() AND s.pledge_id = p_pledge
            UNION ALL
            SELECT k.version_number, k.statement_id, k.commitment_id, k.from_statement_id
              FROM commitment_carried AS k
             WHERE k.authority_id = app_authority() AND k.pledge_id = p_pledge) AS h
      JOIN lineage AS l ON l.authority_id = app_authority() AND l.pledge_id = p_pledge
       AND l.version_number = p_number AND l.base_number = h.version_number
       AND l.from_statement_id = h.statement_id
     WHERE l.to_statement_id IS NOT NULL AND (p_commitment IS NULL OR h.commitment_id = p_commitment)
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION version_carries() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM commitments_carry(NEW.pledge_id, NEW.version_number, NULL);
    RETURN NULL;
END
$$;
CREATE TRIGGER version_carries AFTER UPDATE OF state ON version FOR EACH ROW
    WHEN (NEW.state = 'adopted' AND OLD.state <> 'adopted') EXECUTE FUNCTION version_carries();

-- A commitment that is made to an earlier version catches up with those that came after it.
CREATE FUNCTION commitment_catches_up() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_number int;
BEGIN
    FOR v_number IN SELECT v.version_number FROM version AS v
                     WHERE v.authority_id = NEW.authority_id AND v.pledge_id = NEW.pledge_id
                       AND v.version_number > NEW.version_number AND v.state = 'adopted'
                     ORDER BY v.version_number LOOP
        PERFORM commitments_carry(NEW.pledge_id, v_number, NEW.commitment_id);
    END LOOP;
    RETURN NULL;
END
$$;
CREATE TRIGGER commitment_statement_catches_up AFTER INSERT ON commitment_statement
    FOR EACH ROW EXECUTE FUNCTION commitment_catches_up();

COMMIT;
