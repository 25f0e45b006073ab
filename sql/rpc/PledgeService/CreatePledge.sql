-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/CreatePledge
-- permission: pledge.write
-- tx: write
SELECT pledge_create(:pledge_id::text, :pledge.title::text, :pledge.audience::text);
-- into: pledge
SELECT name, title, audience, current_version, create_time, update_time, etag
  FROM pledge_resource
 WHERE authority_id = app_authority() AND pledge_id = :pledge_id::text;
