-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/CreatePartnerAgency
-- permission: authority.write
-- tx: write
SELECT owner_create('partner_agency', :partner_agency_id::text, :partner_agency.display_name::text,
                    :partner_agency.contact_post::text);
-- into: partner_agency
SELECT name, display_name, contact_post, create_time, update_time, etag
  FROM partner_agency_resource
 WHERE authority_id = app_authority() AND owner_id = :partner_agency_id::text;
