-- SPDX-License-Identifier: Apache-2.0
-- Deploy pledge:identity_provider to pg
-- The identity provider by which a council's own people sign in. Whoever says which one it is says
-- who is who in that council, so it changes through functions only, as members do.
BEGIN;

SET LOCAL search_path = pledge, pg_temp;

CREATE TABLE identity_provider (
    authority_id text COLLATE "C" NOT NULL,
    issuer       text COLLATE "C" NOT NULL,
    client_id    text COLLATE "C" NOT NULL,
    user_claim   text COLLATE "C" NOT NULL,
    scope        text COLLATE "C" NOT NULL,
    claim_names  text[] NOT NULL,
    claim_values text[] NOT NULL,
    create_time  timestamptz NOT NULL DEFAULT now(),
    update_time  timestamptz NOT NULL DEFAULT now(),
    revision     int NOT NULL DEFAULT 1,
    CONSTRAINT identity_provider_parent_unique PRIMARY KEY (authority_id),
    CONSTRAINT identity_provider_parent_exists FOREIGN KEY (authority_id) REFERENCES authority,
    CONSTRAINT identity_provider_issuer_form CHECK (char_length(issuer) <= 1000
        AND issuer ~ '^https://[^[:space:][:cntrl:]/?#@\\][^[:space:][:cntrl:]?#@\\]*$'),
    CONSTRAINT identity_provider_client_id_form CHECK (client_id ~ '^[!-~]{1,255}$'),
    CONSTRAINT identity_provider_user_claim_form CHECK (user_claim ~ '^[!-~]{0,100}$'),
    CONSTRAINT identity_provider_scope_form CHECK (char_length(scope) <= 500
        AND scope ~ '^([!#-\[\]-~]+( [!#-\[\]-~]+)*)?$'),
    CONSTRAINT identity_provider_required_claims_pair
        CHECK (cardinality(claim_names) = cardinality(claim_values)),
    CONSTRAINT identity_provider_required_claims_length
        CHECK (texts_within(claim_names, 16, 100) AND texts_within(claim_values, 16, 200))
);
COMMENT ON TABLE identity_provider IS 'claim_names and claim_values: what a token must have, one'
    ' claim at each place of both.';
COMMENT ON CONSTRAINT identity_provider_parent_unique ON identity_provider
    IS 'parent: has an identity provider already';
COMMENT ON CONSTRAINT identity_provider_parent_exists ON identity_provider
    IS 'parent: names no authority';
COMMENT ON CONSTRAINT identity_provider_issuer_form ON identity_provider
    IS 'issuer: must be an https URL of at most 1000 characters, without query, fragment and user';
COMMENT ON CONSTRAINT identity_provider_client_id_form ON identity_provider
    IS 'client_id: must have 1 to 255 ASCII characters, no spaces';
COMMENT ON CONSTRAINT identity_provider_user_claim_form ON identity_provider
    IS 'user_claim: must have at most 100 ASCII characters, no spaces';
COMMENT ON CONSTRAINT identity_provider_scope_form ON identity_provider
    IS 'scope: must be scopes separated by single spaces, at most 500 characters';
COMMENT ON CONSTRAINT identity_provider_required_claims_pair ON identity_provider
    IS 'required_claims: each needs a claim and a value';
COMMENT ON CONSTRAINT identity_provider_required_claims_length ON identity_provider
    IS 'required_claims: must be at most 16, each claim 1 to 100 characters, each value 1 to 200';
CREATE TRIGGER identity_provider_touch BEFORE UPDATE ON identity_provider
    FOR EACH ROW EXECUTE FUNCTION touch();

ALTER TABLE identity_provider ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity_provider FORCE ROW LEVEL SECURITY;
CREATE POLICY identity_provider_tenant ON identity_provider
    USING (authority_id = app_authority()) WITH CHECK (authority_id = app_authority());
-- identity_provider_of() runs before anybody is known, as the role that owns the schema.
CREATE POLICY identity_provider_definer ON identity_provider FOR SELECT TO CURRENT_USER
    USING (true);

CREATE VIEW identity_provider_resource WITH (security_invoker = true) AS
    SELECT i.authority_id, 'authorities/' || i.authority_id AS authority, i.issuer, i.client_id,
           i.user_claim, i.scope, i.claim_names AS "required_claims.claim",
           i.claim_values AS "required_claims.value", i.create_time, i.update_time,
           etag(i.revision) AS etag
      FROM identity_provider AS i;
COMMENT ON VIEW identity_provider_resource IS 'Identity providers as the API shows them';

-- The call's authority must be there and its caller may say who is who in it.
CREATE FUNCTION identity_provider_may_write() RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM FROM role_permission WHERE role = app_role() AND permission = 'provider.write';
    IF NOT FOUND THEN
        PERFORM fail('PL403', 'Only a council or host administrator may change the identity'
            ' provider.');
    END IF;
    PERFORM FROM authority WHERE authority_id = app_authority();
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'There is no such authority.', 'parent');
    END IF;
END
$$;

CREATE FUNCTION identity_provider_set(p_issuer text, p_client_id text, p_user_claim text,
                                      p_scope text, p_claims text[], p_values text[],
                                      p_etag text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
DECLARE
    v_revision int;
BEGIN
    PERFORM identity_provider_may_write();
    SELECT revision INTO v_revision FROM identity_provider WHERE authority_id = app_authority()
       FOR NO KEY UPDATE;
    PERFORM etag_check(p_etag, coalesce(etag(v_revision), ''), 'identity_provider.etag');
    INSERT INTO identity_provider AS i (authority_id, issuer, client_id, user_claim, scope,
                                        claim_names, claim_values)
    VALUES (app_authority(), p_issuer, p_client_id, p_user_claim, p_scope, p_claims, p_values)
    ON CONFLICT (authority_id) DO UPDATE
       SET issuer = p_issuer, client_id = p_client_id, user_claim = p_user_claim, scope = p_scope,
           claim_names = p_claims, claim_values = p_values;
END
$$;

CREATE FUNCTION identity_provider_remove() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
BEGIN
    PERFORM identity_provider_may_write();
    DELETE FROM identity_provider WHERE authority_id = app_authority();
    IF NOT FOUND THEN
        PERFORM fail('PL404', 'The authority has no identity provider.', 'parent');
    END IF;
END
$$;

CREATE FUNCTION identity_provider_of(p_authority text)
RETURNS TABLE (issuer text, client_id text, user_claim text, scope text, claim_names text[],
               claim_values text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pledge, pg_temp
AS $$
    SELECT i.issuer, i.client_id, i.user_claim, i.scope, i.claim_names, i.claim_values
      FROM identity_provider AS i
     WHERE i.authority_id = p_authority
$$;
COMMENT ON FUNCTION identity_provider_of(text)
    IS 'The identity provider of any authority, for those who are about to sign in; or no row.';

COMMIT;
