-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/UpdateCouncilSettings
-- permission: cicc.set
-- tx: write
SELECT cicc_setting_set(
    :settings.answer_days::int4, :settings.themes.theme_id::text[],
    :settings.themes.display_name::text[], :settings.etag::text, :update_mask.paths::text[]);
-- into: settings
SELECT name, answer_days, "themes.theme_id", "themes.display_name", etag
  FROM cicc_setting_resource
 WHERE authority_id = app_authority();
