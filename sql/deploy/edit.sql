-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:edit to pg
-- Tracked edits: what changed in a draft after it was begun, by whom and when. What a draft was begun with
-- is in no edit; nor is the order of its parts.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE version_edit (
    authority_id   text COLLATE "C" NOT NULL,
    pledge_id      text COLLATE "C" NOT NULL,
    version_number int NOT NULL,
    number         int NOT NULL,
    part           text NOT NULL,
    part_id        text COLLATE "C" NOT NULL,
    kind           text NOT NULL,
    field          text NOT NULL,
    text_before    text NOT NULL,
    text_after     text NOT NULL,
    principal_id   uuid,
    recorded_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT version_edit_number_unique
        PRIMARY KEY (authority_id, pledge_id, version_number, number),
    CONSTRAINT version_edit_version_exists
        FOREIGN KEY (authority_id, pledge_id, version_number) REFERENCES version,
    CONSTRAINT version_edit_part_known CHECK (part IN ('version', 'outcome', 'statement')),
    CONSTRAINT version_edit_kind_known CHECK (kind IN ('added', 'changed', 'removed'))
);
COMMENT ON CONSTRAINT version_edit_number_unique ON version_edit IS 'number: is taken';
COMMENT ON CONSTRAINT version_edit_version_exists ON version_edit IS 'version: is no version';
COMMENT ON CONSTRAINT version_edit_part_known ON version_edit
    IS 'part: must be version, outcome or statement';
COMMENT ON CONSTRAINT version_edit_kind_known ON version_edit
    IS 'kind: must be added, changed or removed';
ALTER TABLE version_edit ENABLE ROW LEVEL SECURITY;
ALTER TABLE version_edit FORCE ROW LEVEL SECURITY;
CREATE POLICY version_edit_tenant ON version_edit
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());

-- TG_ARGV: the part, the column that identifies it, and the fields that are followed. A part that comes or
-- goes is one edit with the words it has.
CREATE FUNCTION edit_record() RETURNS trigger
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_old jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    v_new jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    v_row jsonb := coalesce(v_new, v_old);
    v_number int;
BEGIN
    PERFORM FROM version AS v
      WHERE v.authority_id = v_row ->> 'authority_id' AND v.pledge_id = v_row ->> 'pledge_id'
        AND v.version_number = (v_row ->> 'version_number')::int
        AND v.revision > 1 AND v.state = 'draft'; -- the first revision is how it was begun
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(max(e.number), 0) INTO v_number FROM version_edit AS e
     WHERE e.authority_id = v_row ->> 'authority_id' AND e.pledge_id = v_row ->> 'pledge_id'
       AND e.version_number = (v_row ->> 'version_number')::int;
    INSERT INTO version_edit (authority_id, pledge_id, version_number, number, part, part_id, kind,
                              field, text_before, text_after, principal_id)
    SELECT v_row ->> 'authority_id', v_row ->> 'pledge_id', (v_row ->> 'version_number')::int,
           v_number + row_number() OVER (ORDER BY f.n), TG_ARGV[0], coalesce(v_row ->> TG_ARGV[1], ''),
           CASE TG_OP WHEN 'INSERT' THEN 'added' WHEN 'DELETE' THEN 'removed' ELSE 'changed' END,
           f.field, coalesce(v_old ->> f.field, ''), coalesce(v_new ->> f.field, ''), app_principal()
      FROM unnest(TG_ARGV[2:]) WITH ORDINALITY AS f (field, n)
     WHERE CASE WHEN TG_OP = 'UPDATE' THEN v_old ->> f.field IS DISTINCT FROM v_new ->> f.field
                ELSE f.n = 1 END;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION edit_record() IS 'Records the edits of a draft.';

CREATE TRIGGER version_edits AFTER UPDATE ON version
    FOR EACH ROW EXECUTE FUNCTION edit_record('version', '', 'title', 'note');
CREATE TRIGGER outcome_edits AFTER INSERT OR UPDATE OR DELETE ON outcome
    FOR EACH ROW EXECUTE FUNCTION edit_record('outcome', 'outcome_id', 'title');
CREATE TRIGGER statement_edits AFTER INSERT OR UPDATE OR DELETE ON statement
    FOR EACH ROW EXECUTE FUNCTION edit_record('statement', 'statement_id', 'text', 'title', 'outcome_id',
        'easy_read', 'audience', 'age_from', 'age_to', 'principles');

CREATE VIEW version_edit_resource WITH (security_invoker = true) AS
    SELECT e.authority_id, e.pledge_id, e.version_number, e.number, e.part, e.part_id, e.kind, e.field,
           e.text_before, e.text_after,
           coalesce((SELECT m.display_name FROM member AS m
                      WHERE m.authority_id = e.authority_id AND m.principal_id = e.principal_id), '')
               AS edited_by,
           e.recorded_at AS edit_time
      FROM version_edit AS e;
COMMENT ON VIEW version_edit_resource IS 'Edits of drafts as the API shows them';

COMMIT;
