-- SPDX-License-Identifier: Apache-2.0
-- rpc: pledge.v1.NationalProgrammeService/ListProgrammes
-- permission: work.read
-- tx: read
-- into: programmes
SELECT p.name, p.title, p.publisher, p.published_on, p.create_time,
       c.proposals AS "counts.proposals", c.taken_up AS "counts.taken_up",
       c.not_taken_up AS "counts.not_taken_up", c.set_aside AS "counts.set_aside",
       c.under_way AS "counts.under_way", c.done AS "counts.done", c.late AS "counts.late"
  FROM programme_resource AS p
  JOIN programme_counts_at((SELECT as_at_day(:as_at::date)), coalesce(:known_on::date, '9999-12-31')) AS c ON c.programme_id = p.programme_id AND c.area = 0
 CROSS JOIN page_after_day(:page_token::text, 'programmes') AS k
 WHERE p.authority_id = app_authority() AND (p.published_on, p.programme_id) < (k.ret_day, k.ret_id)
 ORDER BY p.published_on DESC, p.programme_id DESC
 LIMIT page_limit(:page_size::int4);
-- into: .
SELECT page_next(ARRAY(
    SELECT p.published_on || ' ' || p.programme_id
      FROM programme_resource AS p
     CROSS JOIN page_after_day(:page_token::text, 'programmes') AS k
     WHERE p.authority_id = app_authority() AND p.published_on <= (SELECT as_at_day(:as_at::date))
       AND p.create_time::date <= coalesce(:known_on::date, '9999-12-31')
       AND (p.published_on, p.programme_id) < (k.ret_day, k.ret_id)
     ORDER BY p.published_on DESC, p.programme_id DESC
     LIMIT page_limit(:page_size::int4) + 1
), :page_size::int4, 'programmes', :page_token::text) AS next_page_token;
