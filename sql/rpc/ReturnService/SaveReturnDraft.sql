-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/SaveReturnDraft
-- permission: return.submit
-- tx: write
SELECT return_draft_save(
    :parent/rounds::text, :draft.owner::text, :draft.observed_to::text,
    :draft.etag::text, :draft.progress.commitment_id::text[],
    :draft.progress.rating::text[], :draft.progress.narrative::text[],
    :draft.progress.reason::text[], :draft.progress.measure_value::text[],
    :draft.progress.actual_on::text[], :draft.progress.evidence::text[],
    :draft.progress.confirmation::text[]);
-- into: draft
SELECT name, owner, state, observed_to, update_time, etag
  FROM return_draft_resource
 WHERE authority_id = app_authority() AND round_id = :parent/rounds::text
   AND owner = :draft.owner::text;
-- into: problems
SELECT p.code, p.layer, p.asks, p.field, p.line, p.commitment_id, p.found, p.expected, p.remedy
  FROM return_draft_problems(:parent/rounds::text,
           owner_of(:draft.owner::text, 'draft.owner')) AS p;
