-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/CreateBody
-- permission: authority.write
-- tx: write
SELECT body_create(:body_id::text, :body.display_name::text, :body.parent_body/bodies::text,
                   :body.meeting_interval_months::int4, :body.terms_of_reference::text[],
                   :body.established_on::date);
-- into: body
SELECT name, display_name, parent_body, meeting_interval_months, terms_of_reference, established_on,
       create_time, update_time, etag
  FROM body_resource
 WHERE authority_id = app_authority() AND body_id = :body_id::text;
