-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.EndorsementService/GetDraft
-- permission: endorsement.read
-- tx: read
-- into: .
SELECT content, content_hash
  FROM endorsement_draft
 WHERE authority_id = app_authority() AND pledge_id = :name/pledges::text
   AND version_number = version_number(:name/pledges/versions::text)
   AND endorsement_id = :name/pledges/versions/endorsements::text AND draft = :draft::int4;
