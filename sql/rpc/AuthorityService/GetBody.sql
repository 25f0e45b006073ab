-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/GetBody
-- permission: authority.read
-- tx: read
-- into: body
SELECT name, display_name, parent_body, meeting_interval_months, terms_of_reference, established_on,
       create_time, update_time, etag
  FROM body_resource
 WHERE authority_id = app_authority() AND body_id = :name/bodies::text;
