-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:concern to pg
-- What the safeguarding officer reads: words of young people that are a concern, wherever they came from.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

-- The concerns of the call's authority, for the safeguarding officer: for others there are none.
CREATE FUNCTION safeguarding_concerns()
RETURNS TABLE (text_id text, name text, consultation text, prompt text, group_id text,
               received_on date, text text, reason text, mark_time timestamptz, was_shown boolean)
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT t.text_id::text, text_name(t.authority_id, t.consultation_id, t.text_id),
           coalesce('authorities/' || t.authority_id || '/consultations/' || t.consultation_id, ''),
           coalesce(q.prompt, s.text, 'Visit of Young Inspectors to ' || v.provider
               || ' on ' || v.visited_on, ''), coalesce(t.group_id, '')::text, t.received_on, t.text,
           m.reason, m.recorded_at,
           t.raised_issue_id IS NOT NULL OR EXISTS (SELECT FROM response_text_move AS e
                    WHERE e.authority_id = t.authority_id AND e.text_id = t.text_id
                      AND e.state = 'shown')
      FROM response_text AS t
      JOIN response_text_move AS m ON m.authority_id = t.authority_id AND m.text_id = t.text_id
       AND m.state = 'concern'
      LEFT JOIN consultation_question AS q ON q.authority_id = t.authority_id
       AND q.consultation_id = t.consultation_id AND q.question = t.question
      LEFT JOIN statement AS s ON s.authority_id = t.authority_id AND s.pledge_id = t.pledge_id
       AND s.version_number = t.version_number AND s.statement_id = t.statement_id
      LEFT JOIN visit AS v ON v.authority_id = t.authority_id AND v.visit_id = t.visit_id
     WHERE t.authority_id = app_authority() AND t.state = 'concern'
$$;

INSERT INTO role_permission (role, permission) VALUES
    ('safeguarding_officer', 'consultation.read'), ('safeguarding_officer', 'safeguarding.read');

COMMIT;
