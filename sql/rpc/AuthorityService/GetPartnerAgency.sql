-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/GetPartnerAgency
-- permission: authority.read
-- tx: read
-- into: partner_agency
SELECT name, display_name, contact_post, create_time, update_time, etag
  FROM partner_agency_resource
 WHERE authority_id = app_authority() AND owner_id = :name/partnerAgencies::text;
