-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PledgeService/UpdatePledge
-- permission: pledge.write
-- tx: write
SELECT pledge_update(:pledge.name/pledges::text, :pledge.title::text,
                     :pledge.audience::text, :pledge.etag::text, :update_mask.paths::text[]);
-- into: pledge
SELECT name, title, audience, current_version, create_time, update_time, etag
  FROM pledge_resource
 WHERE authority_id = app_authority() AND pledge_id = :pledge.name/pledges::text;
