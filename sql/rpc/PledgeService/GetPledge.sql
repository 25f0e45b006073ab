-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/GetPledge
-- permission: pledge.read
-- tx: read
-- into: pledge
SELECT name, title, audience, current_version, create_time, update_time, etag
  FROM pledge_resource
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text;
