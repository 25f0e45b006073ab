-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/GetCouncilSettings
-- permission: cicc.read
-- tx: read
-- into: settings
SELECT name, answer_days, "themes.theme_id", "themes.display_name", etag
  FROM cicc_setting_resource
 WHERE authority_id = app_authority();
