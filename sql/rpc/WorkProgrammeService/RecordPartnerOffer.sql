-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.WorkProgrammeService/RecordPartnerOffer
-- permission: work.record
-- tx: write
SELECT work_offer_add(
    :parent/workItems::text, :offer.agency/partnerAgencies::text, :offer.text::text, :offer.offered_on::date,
    :offer.ready_on::date);
-- into: offer
SELECT o.resource_name AS agency, o.display_name AS agency_display_name, f.text, f.offered_on, f.ready_on
  FROM work_offer AS f
  JOIN owner AS o ON o.authority_id = f.authority_id AND o.owner_id = f.owner_id
 WHERE f.authority_id = app_authority() AND f.work_item_id = :parent/workItems::text
   AND f.recorded_at = request_time(:request_id::text)
 ORDER BY f.offer DESC
 LIMIT 1;
