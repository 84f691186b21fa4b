-- The verbs before there is a session, one function each, run by kairo_login. They take digests, never
-- secrets, and none makes a session without a proof that it spends in the same transaction.
--
-- What this does not keep off: whoever holds kairo_login can make a proof for any address from digests
-- of their own choice, spend it, and so be anybody. The database cannot see whether a mail was sent. What
-- guards it is that kairo_login runs these two statements and no other, for the sign-in verbs alone, and
-- that no statement of another role reaches them. Data stays sealed by keys that are not in here. The
-- bounds are constants and not parameters, so that even this role makes no longer life and no more tries.

-- Counts first, then writes: 'sent', or 'too_soon' where the source had its share of mails to the
-- address (one a minute, five an hour), or the address its share of all (20 an hour). The answer is the
-- same whether an account stands behind the address or not. What was asked for before is replaced only
-- for the browser that shows its binding: else a stranger's request would spend the owner's mail.
--
-- p_sources is the source's digest, and in the hour after a turn of the pepper the former one, too. Both
-- count, and either refuses: what was used up before the turn stays so, and after that hour the new digest
-- alone has counted everything that a window of an hour looks back on.
CREATE FUNCTION authn.proof_begin(
    p_id uuid, p_email text, p_sources bytea[], p_earlier_binding_hash bytea,
    p_link_hash bytea, p_binding_hash bytea, p_code_mac bytea
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    life        CONSTANT interval := '600 seconds';
    spacing     CONSTANT interval := '60 seconds';
    per_hour    CONSTANT integer := 5;
    per_address CONSTANT integer := 20;
    t timestamptz := statement_timestamp();
    sent_to_address integer;
BEGIN
    -- What is old goes a little at a time, so that no table of mailed addresses grows.
    DELETE FROM authn.proof_budgets WHERE (email_norm, source) IN (
        SELECT email_norm, source FROM authn.proof_budgets WHERE last_at < t - interval '1 day'
        LIMIT 20 FOR UPDATE SKIP LOCKED);
    DELETE FROM authn.proof_address_budgets WHERE email_norm IN (
        SELECT email_norm FROM authn.proof_address_budgets WHERE hour_start < t - interval '1 day'
        LIMIT 20 FOR UPDATE SKIP LOCKED);
    DELETE FROM authn.proofs WHERE id IN (
        SELECT id FROM authn.proofs WHERE expires_at < t - interval '1 day' LIMIT 20
        FOR UPDATE SKIP LOCKED);

    -- Locks the address's row before it reads, so that sources at once cannot pass a bound together; it
    -- counts only once the source's own share allows the mail.
    INSERT INTO authn.proof_address_budgets AS a (email_norm, hour_start, sent) VALUES (p_email, t, 0)
    ON CONFLICT (email_norm) DO UPDATE
        SET hour_start = CASE WHEN a.hour_start <= t - interval '1 hour' THEN t ELSE a.hour_start END,
            sent = CASE WHEN a.hour_start <= t - interval '1 hour' THEN 0 ELSE a.sent END
    RETURNING a.sent INTO sent_to_address;
    IF sent_to_address >= per_address THEN
        RETURN 'too_soon';
    END IF;
    -- Under the same lock: nobody else reads or writes what sources had sent to this address meanwhile.
    IF EXISTS (SELECT FROM authn.proof_budgets b
                WHERE b.email_norm = p_email AND b.source = ANY (p_sources)
                  AND (b.last_at > t - spacing
                       OR b.hour_start > t - interval '1 hour' AND b.sent >= per_hour)) THEN
        RETURN 'too_soon';
    END IF;
    INSERT INTO authn.proof_budgets AS b (email_norm, source, hour_start, sent, last_at)
    SELECT DISTINCT p_email, source, t, 1, t FROM unnest(p_sources) source
    ON CONFLICT (email_norm, source) DO UPDATE
        SET hour_start = CASE WHEN b.hour_start <= t - interval '1 hour' THEN t ELSE b.hour_start END,
            sent = CASE WHEN b.hour_start <= t - interval '1 hour' THEN 1 ELSE b.sent + 1 END,
            last_at = t;
    UPDATE authn.proof_address_budgets SET sent = sent + 1 WHERE email_norm = p_email;

    UPDATE authn.proofs SET superseded_at = t
     WHERE binding_hash = p_earlier_binding_hash AND purpose = 'sign_in'
       AND used_at IS NULL AND superseded_at IS NULL AND expires_at > t;
    INSERT INTO authn.proofs (id, purpose, email_norm, link_hash, binding_hash, code_mac, expires_at)
    VALUES (p_id, 'sign_in', p_email, p_link_hash, p_binding_hash, p_code_mac, t + life);
    RETURN 'sent';
END
$$;
ALTER FUNCTION authn.proof_begin OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.proof_begin FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.proof_begin TO kairo_login;

-- Makes the account when the mailbox is proved for the first time. Locks the user's row, so that two
-- sign-ins at once count sessions one after the other.
CREATE FUNCTION authn.user_ensure(
    p_email text, p_new_user uuid, p_new_key uuid, p_root_key_id text, p_wrapped bytea, p_zone text
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    found_id uuid;
BEGIN
    INSERT INTO authn.users (id, email_norm) VALUES (p_new_user, p_email)
    ON CONFLICT (email_norm) DO NOTHING RETURNING id INTO found_id;
    IF found_id IS NOT NULL THEN
        INSERT INTO app.data_keys (id, user_id, root_key_id, wrapped)
        VALUES (p_new_key, found_id, p_root_key_id, p_wrapped);
        INSERT INTO app.settings (user_id, time_zone) VALUES (found_id, p_zone);
        RETURN found_id;
    END IF;
    SELECT id INTO found_id FROM authn.users WHERE email_norm = p_email FOR UPDATE;
    -- An account that the host made, or a browser without scripts, has no zone yet: the first one that
    -- a browser tells is taken, unless the person has chosen.
    UPDATE app.settings SET time_zone = p_zone
     WHERE user_id = found_id AND version = 1 AND time_zone = 'UTC' AND p_zone <> 'UTC';
    RETURN found_id;
END
$$;
ALTER FUNCTION authn.user_ensure OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.user_ensure FROM PUBLIC;

-- Spends a proof and begins a session, in one transaction. By link: one UPDATE decides, and only the
-- browser that asked can spend it, so a mail scanner that follows links spends nothing. By code: the try
-- is counted before the code is compared, so guesses in parallel cannot outrun the limit.
CREATE FUNCTION authn.proof_redeem(
    p_link_hash bytea, p_binding_hash bytea, p_code_mac bytea,
    p_new_user uuid, p_new_key uuid, p_root_key_id text, p_wrapped bytea, p_zone text,
    p_session uuid, p_token_hash bytea, p_device text
) RETURNS TABLE (outcome text, tries_left integer, user_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
#variable_conflict use_column
DECLARE
    tries_max     CONSTANT smallint := 5;
    sessions_max  CONSTANT integer := 50;
    idle_life     CONSTANT interval := '1209600 seconds';
    absolute_life CONSTANT interval := '2592000 seconds';
    t timestamptz := statement_timestamp();
    proof authn.proofs;
    who uuid;
BEGIN
    IF p_link_hash IS NOT NULL THEN
        UPDATE authn.proofs p SET used_at = t
         WHERE p.link_hash = p_link_hash AND p.binding_hash = p_binding_hash AND p.purpose = 'sign_in'
           AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t
        RETURNING p.* INTO proof;
        IF proof.id IS NULL THEN
            IF EXISTS (SELECT FROM authn.proofs p
                        WHERE p.link_hash = p_link_hash AND p.binding_hash IS DISTINCT FROM p_binding_hash
                          AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t) THEN
                RETURN QUERY SELECT 'other_browser', NULL::integer, NULL::uuid;
            ELSE
                RETURN QUERY SELECT 'spent', NULL::integer, NULL::uuid;
            END IF;
            RETURN;
        END IF;
    ELSE
        UPDATE authn.proofs p SET tries = p.tries + 1
         WHERE p.binding_hash = p_binding_hash AND p.purpose = 'sign_in' AND p.tries < tries_max
           AND p.used_at IS NULL AND p.superseded_at IS NULL AND p.expires_at > t
        RETURNING p.* INTO proof;
        IF proof.id IS NULL THEN
            RETURN QUERY SELECT 'spent', NULL::integer, NULL::uuid;
            RETURN;
        END IF;
        IF proof.code_mac <> p_code_mac THEN
            RETURN QUERY SELECT 'wrong_code', (tries_max - proof.tries)::integer, NULL::uuid;
            RETURN;
        END IF;
        UPDATE authn.proofs p SET used_at = t WHERE p.id = proof.id;
    END IF;

    who := authn.user_ensure(proof.email_norm, p_new_user, p_new_key, p_root_key_id, p_wrapped, p_zone);
    -- A suspended person gets no session, and no hint: the proof counts as used.
    -- One that is under way is waited for, as the session's foreign key would, and then seen.
    PERFORM FROM authn.users u WHERE u.id = who AND NOT u.suspended FOR KEY SHARE;
    IF NOT FOUND THEN
        RETURN QUERY SELECT 'spent', NULL::integer, NULL::uuid;
        RETURN;
    END IF;
    UPDATE authn.sessions s SET revoked_at = t, revoke_reason = 'cap'
     WHERE s.id IN (SELECT o.id FROM authn.sessions o
                     WHERE o.user_id = who AND o.kind = 'web' AND o.revoked_at IS NULL
                       AND o.idle_expires_at > t AND o.absolute_expires_at > t
                     ORDER BY o.last_seen_at DESC, o.id DESC OFFSET sessions_max - 1);
    INSERT INTO authn.sessions (id, token_hash, user_id, kind, scopes, method, device,
                                idle_expires_at, absolute_expires_at)
    VALUES (p_session, p_token_hash, who, 'web', ARRAY['read', 'write'],
            CASE WHEN p_link_hash IS NULL THEN 'code' ELSE 'link' END, p_device,
            t + idle_life, t + absolute_life);
    RETURN QUERY SELECT 'signed_in', NULL::integer, who;
END
$$;
ALTER FUNCTION authn.proof_redeem OWNER TO kairo_auth;
REVOKE ALL ON FUNCTION authn.proof_redeem FROM PUBLIC;
GRANT EXECUTE ON FUNCTION authn.proof_redeem TO kairo_login;
