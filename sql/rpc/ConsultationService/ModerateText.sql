-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.ConsultationService/ModerateText
-- permission: consultation.moderate
-- tx: write
SELECT response_text_moderate(
    :name/consultations::text, :name/consultations/texts::text, :state::text, :reason::text);
