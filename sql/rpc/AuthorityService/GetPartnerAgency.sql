-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/GetPartnerAgency
-- permission: authority.read
-- tx: read
-- into: partner_agency
SELECT o.resource_name AS "name",
       o.display_name AS "display_name",
       o.contact_post AS "contact_post",
       o.create_time AS "create_time",
       o.update_time AS "update_time",
       etag(o.revision) AS "etag"
  FROM owner AS o
 WHERE o.authority_id = app_authority() AND o.kind = 'partner_agency'
   AND o.owner_id = :name/partnerAgencies::text;
