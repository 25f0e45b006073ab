-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/UpdateBody
-- permission: authority.write
-- tx: write
SELECT body_update(:body.name/bodies::text,
                   :body.display_name::text, :body.parent_body/bodies::text,
                   :body.meeting_interval_months::int4, :body.terms_of_reference::text[],
                   :body.established_on::date,
                   :body.etag::text, :update_mask.paths::text[]);
-- into: body
SELECT 'authorities/' || b.authority_id || '/bodies/' || b.body_id AS "name",
       b.display_name AS "display_name",
       coalesce('authorities/' || b.authority_id || '/bodies/' || b.parent_body_id, '')
           AS "parent_body",
       b.meeting_interval_months AS "meeting_interval_months",
       b.terms_of_reference AS "terms_of_reference",
       b.established_on AS "established_on",
       b.create_time AS "create_time",
       b.update_time AS "update_time",
       etag(b.revision) AS "etag"
  FROM body AS b
 WHERE b.authority_id = app_authority() AND b.body_id = :body.name/bodies::text;
