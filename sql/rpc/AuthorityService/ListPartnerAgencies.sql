-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/ListPartnerAgencies
-- permission: authority.read
-- tx: read
-- into: partner_agencies
SELECT name, display_name, contact_post, create_time, update_time, etag
  FROM partner_agency_resource
 WHERE authority_id = app_authority()
   AND owner_id > (SELECT page_after(:page_token::text, 'partner_agencies'))
 ORDER BY owner_id
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT o.owner_id
      FROM owner AS o
     WHERE o.authority_id = app_authority() AND o.kind = 'partner_agency'
       AND o.owner_id > (SELECT page_after(:page_token::text, 'partner_agencies'))
     ORDER BY o.owner_id
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'partner_agencies', :page_token::text) AS next_page_token;
