-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:request to pg
-- Requests already done, by the identifier that their client gave them: a repeated one is
-- answered from what it did the first time. A call without a tenant has authority_id ''.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE request (
    principal_id uuid NOT NULL,
    request_id   uuid NOT NULL,
    authority_id text COLLATE "C" NOT NULL,
    method       text NOT NULL,
    request_hash bytea NOT NULL,
    recorded_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT request_request_id_unique PRIMARY KEY (principal_id, request_id)
);
COMMENT ON CONSTRAINT request_request_id_unique ON request
    IS 'request_id: was already used';

ALTER TABLE request ENABLE ROW LEVEL SECURITY;
ALTER TABLE request FORCE ROW LEVEL SECURITY;
CREATE POLICY request_own ON request
    USING (authority_id = coalesce(app_authority(), '') AND principal_id = app_principal())
    WITH CHECK (authority_id = coalesce(app_authority(), '') AND principal_id = app_principal());

CREATE FUNCTION request_begin(request_id uuid, method text, request_hash bytea) RETURNS void
LANGUAGE plpgsql SET search_path = pledge, pg_temp
AS $$
BEGIN
    IF app_principal() IS NULL THEN
        PERFORM fail('PL403', 'Only a known caller may give a request a name.', 'request_id');
    END IF;
    -- Waits here while a twin of this call is still under way.
    INSERT INTO request (principal_id, request_id, authority_id, method, request_hash)
    VALUES (app_principal(), request_begin.request_id, coalesce(app_authority(), ''),
            request_begin.method, request_begin.request_hash)
    ON CONFLICT DO NOTHING;
    IF FOUND THEN
        RETURN;
    END IF;
    PERFORM FROM request AS r
     WHERE r.principal_id = app_principal() AND r.request_id = request_begin.request_id
       AND r.method = request_begin.method AND r.request_hash = request_begin.request_hash;
    IF FOUND THEN
        PERFORM fail('PL208', 'This request was already done.', 'request_id');
    END IF;
    PERFORM fail('PL400', 'This request_id was already used for another request.'
        ' Make a new one.', 'request_id');
END
$$;
COMMENT ON FUNCTION request_begin(uuid, text, bytea)
    IS 'Takes a request''s name, or raises PL208 if the same was done, PL400 if another was.';

-- What a call adds without giving it a name is found by when it was recorded: by then others may have come.
CREATE FUNCTION request_time(p_request_id text) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pledge, pg_temp
AS $$
    SELECT coalesce((SELECT r.recorded_at FROM request AS r
                      WHERE r.principal_id = app_principal() AND p_request_id <> ''
                        AND r.request_id = uuid_or_null(p_request_id)), now())
$$;
COMMENT ON FUNCTION request_time(text)
    IS 'When what the request asked for was recorded: now, or of one that is repeated, then.';

COMMIT;
