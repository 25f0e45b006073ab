-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PromotionService/CreateIssue
-- permission: promotion.write
-- tx: write
SELECT issue_create(:issue_id::text, :issue.version/pledges::text, :issue.version/pledges/versions::text,
                    :issue.audience::text, :issue.form::text, :issue.language::text,
                    :issue.quantity::int4, :issue.issued_on::date);
-- into: issue
SELECT name, version, audience, form, language, quantity, issued_on, acknowledged, create_time
  FROM issue_resource
 WHERE authority_id = app_authority() AND issue_id = :issue_id::text;
