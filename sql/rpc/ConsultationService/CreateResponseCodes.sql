-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/CreateResponseCodes
-- permission: consultation.enter
-- tx: write
SELECT response_codes_make(
    :parent/consultations::text, :group_id::text, :count::int4);
-- into: .
SELECT string_to_array(current_setting('pledge.response_codes'), ',') AS codes;
