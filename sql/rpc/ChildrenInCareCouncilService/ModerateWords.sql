-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ChildrenInCareCouncilService/ModerateWords
-- permission: cicc.moderate
-- tx: write
SELECT words_moderate(:name/words::text, :state::text, :reason::text);
