-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.AuthorityService/UpdatePartnerAgency
-- permission: authority.write
-- tx: write
SELECT owner_update('partner_agency', :partner_agency.name/partnerAgencies::text,
                    :partner_agency.display_name::text, :partner_agency.contact_post::text,
                    :partner_agency.etag::text, :update_mask.paths::text[]);
-- into: partner_agency
SELECT name, display_name, contact_post, create_time, update_time, etag
  FROM partner_agency_resource
 WHERE authority_id = app_authority() AND owner_id = :partner_agency.name/partnerAgencies::text;
