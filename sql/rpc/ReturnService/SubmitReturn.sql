-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ReturnService/SubmitReturn
-- permission: return.submit
-- tx: write
SELECT return_submit(
    :parent/rounds::text, :owner_return.owner::text, :owner_return.received_on::text,
    :owner_return.observed_to::text, :owner_return.etag::text,
    :owner_return.progress.commitment_id::text[],
    :owner_return.progress.rating::text[], :owner_return.progress.narrative::text[],
    :owner_return.progress.reason::text[], :owner_return.progress.measure_value::text[],
    :owner_return.progress.actual_on::text[], :owner_return.progress.evidence::text[],
    :owner_return.progress.confirmation::text[]);
-- into: owner_return
SELECT name, owner, submission, state, received_on, observed_to, days_late, query, content_hash,
       create_time, etag
  FROM return_resource
 WHERE authority_id = app_authority() AND round_id = :parent/rounds::text
   AND owner = :owner_return.owner::text;
-- after: refusal
SELECT return_attempt_refused(:parent/rounds::text, :owner_return.owner::text,
    cardinality(:owner_return.progress.commitment_id::text[]), :refusal.status::text,
    :refusal.message::text, string_to_array(:refusal.codes::text, ' '));
