-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PromotionService/AcknowledgeIssue
-- permission: promotion.write
-- tx: write
SELECT issue_acknowledge(:name/issues::text, :count::int4, :acknowledged_on::date);
-- into: issue
SELECT name, version, audience, form, language, quantity, issued_on, acknowledged, create_time
  FROM issue_resource
 WHERE authority_id = app_authority() AND issue_id = :name/issues::text;
