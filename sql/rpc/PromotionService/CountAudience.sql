-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.PromotionService/CountAudience
-- permission: promotion.write
-- tx: write
SELECT audience_counted(:audience::text, :counted_on::date, :count::int4);
