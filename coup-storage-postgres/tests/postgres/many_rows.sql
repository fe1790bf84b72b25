-- 100,000 rows of everything that grows: a busy study with much in it (the first), and many with little.
-- Foreign keys are not asked while it is written: each would be asked 100,000 times.
set session_replication_role = replica;

create function pg_temp.id(n bigint) returns uuid language sql immutable as
$$ select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid $$;
-- A number below the bound, the same for the same row and question, and of no other's.
create function pg_temp.any(n bigint, question int, bound int) returns int language sql immutable as
$$ select (abs(hashint8extended(n, question)::numeric) % bound)::int $$;
create function pg_temp.at(n bigint) returns timestamptz language sql immutable as
$$ select timestamptz '2026-03-02T00:00:00Z' + n * interval '1 minute' $$;

insert into users (id, email, name, status, auth_version, version, created_at, updated_at)
select 'user-' || n, 'user-' || n || '@school.kr', '이름 ' || n, 'ACTIVE', 0, 0, pg_temp.at(n), pg_temp.at(n)
from generate_series(1, 100000) n;

insert into sessions (id, user_id, token_hash, created_at, expires_at, last_seen_at, confirmed_at)
select pg_temp.id(n), 'user-' || n, decode(lpad(to_hex(n), 64, '0'), 'hex'), pg_temp.at(n), pg_temp.at(n + 720), pg_temp.at(n), pg_temp.at(n)
from generate_series(1, 100000) n;

insert into verifications (kind, email, job_id, tries, asked, asked_since, expires_at, version)
select 'RESET', 'user-' || n || '@school.kr', pg_temp.id(n), 0, 1, pg_temp.at(n), pg_temp.at(n + 60), 0
from generate_series(1, 100000) n;

insert into admin_roles (user_id, role, permissions, granted_at)
select 'user-' || n, case when n = 1 then 'SUPER_ADMIN' else 'MODERATOR' end, '{}', pg_temp.at(n)
from generate_series(1, 50) n;

insert into studies
(id, owner_id, name, emoji, description, folded, category, sub_category, is_public, auto_approve, is_recruiting, rating,
 review_count, invite_code, time_zone, closed_at, created_at, updated_at, version)
select pg_temp.id(n), 'user-' || n, '스터디 ' || n, '📚', '매주 화요일에 풀어요', '스터디 ' || n || e'\n매주 화요일에 풀어요',
       (array['수학', '언어', '과학', '음악', '미술', '운동', '역사', '경제', '요리', '여행'])[1 + pg_temp.any(n, 1, 10)], '중급',
       pg_temp.any(n, 2, 10) <> 3, true, pg_temp.any(n, 3, 3) <> 0, pg_temp.any(n, 4, 50) / 10.0, n % 7, 'code-' || n, 'Asia/Seoul',
       case when pg_temp.any(n, 5, 20) = 7 then pg_temp.at(n) end, pg_temp.at(n * 7919 % 100000), pg_temp.at(n), 0
from generate_series(1, 100000) n;

insert into study_tags (study_id, position, tag)
select pg_temp.id(n), 0, '태그-' || n % 500 from generate_series(1, 100000) n;
insert into study_tags (study_id, position, tag)
select pg_temp.id(n), 1, '초보 환영' from generate_series(1, 100000) n where pg_temp.any(n, 6, 2) = 1;

insert into study_seats (study_id, taken, capacity)
select pg_temp.id(n), 1 + pg_temp.any(n, 7, 40), 1000 from generate_series(1, 100000) n;

insert into study_heads (study_id, event_seq, message_seq, updated_at)
select pg_temp.id(n), case when n = 1 then 20000 else 1 end, case when n = 1 then 20000 else 1 end, pg_temp.at(n * 7 % 100000)
from generate_series(1, 100000) n;

insert into study_codes (code, study_id) select 'code-' || n, pg_temp.id(n) from generate_series(1, 100000) n;

-- The first study has 3,000 members, the first person is in 500 studies.
insert into study_members (study_id, user_id, role, status, joined_at, version)
select pg_temp.id(n), 'user-' || n, 'OWNER', 'ACTIVE', pg_temp.at(n), 0 from generate_series(1, 100000) n
union all
select pg_temp.id(1), 'user-' || n, case when n % 100 = 0 then 'ADMIN' else 'MEMBER' end,
       (array['PENDING', 'KICKED', 'ACTIVE', 'ACTIVE', 'ACTIVE'])[1 + n % 5], pg_temp.at(n), 0 from generate_series(2, 3000) n
union all
select pg_temp.id(n), 'user-1', 'MEMBER', 'ACTIVE', pg_temp.at(n), 0 from generate_series(2, 501) n;

insert into study_invites (id, study_id, code, created_by, uses, created_at)
select pg_temp.id(n), pg_temp.id(case when n <= 2000 then 1 else n end), 'invite-' || n, 'user-' || n, 0, pg_temp.at(n)
from generate_series(1, 100000) n;
insert into study_codes (code, study_id, invite_id)
select code, study_id, id from study_invites;

insert into membership_events (id, study_id, user_id, what, by_id, at)
select pg_temp.id(n), pg_temp.id(1 + n % 1000), 'user-' || 1 + n % 3000, (array['requested', 'rejected', 'joined'])[1 + n % 3], 'user-1',
       pg_temp.at(n)
from generate_series(1, 100000) n;

insert into messages (study_id, seq, id, client_id, user_id, content, created_at, updated_at, version)
select pg_temp.id(case when n <= 20000 then 1 else n end), case when n <= 20000 then n else 1 end, pg_temp.id(n), 'c' || n,
       'user-' || 1 + n % 3000, case when n % 100 = 0 then '희귀한 말' else '수학 숙제 다 했어요' end, pg_temp.at(n), pg_temp.at(n), 0
from generate_series(1, 100000) n;

insert into message_grams (study_id, seq, grams)
select study_id, seq,
       case when content = '희귀한 말' then array['희귀', '귀한'] else array['수학', '숙제'] end || replace(study_id::text, '-', '')
from messages;

insert into read_marks (study_id, user_id, seq)
select pg_temp.id(1), 'user-' || n, 19950 from generate_series(1, 3000) n
union all
select pg_temp.id(n), 'user-' || n, 1 from generate_series(2, 100000) n;

insert into user_heads (user_id, event_seq) select 'user-' || n, 1 from generate_series(1, 100000) n;

insert into study_events (study_id, seq, kind, at, data)
select pg_temp.id(case when n <= 20000 then 1 else n end), case when n <= 20000 then n else 1 end, 'message.created', pg_temp.at(n), '{}'
from generate_series(1, 100000) n;
insert into user_events (user_id, seq, kind, at, data)
select 'user-' || case when n <= 20000 then 1 else n end, case when n <= 20000 then n else 1 end, 'study.deleted', pg_temp.at(n), '{}'
from generate_series(1, 100000) n;

insert into sanctions (id, user_id, admin_id, kind, reason, expires_at, is_active, mistaken, created_at, version)
select pg_temp.id(n), 'user-' || 1 + n % 3000, 'user-1', 'CHAT_BAN', '도배', pg_temp.at(n), n % 50 = 0, false, pg_temp.at(n), 0
from generate_series(1, 100000) n;
insert into report_cases (id, target_type, target_id, offender_id, study_id, status, kind, urgency, reports, assigned_to, lease_until, touched_at,
    processed_by, processed_at, created_at, version)
select pg_temp.id(n), 'USER', 'user-' || n, 'user-' || 1 + n % 3000, case when n % 3 = 0 then pg_temp.id(1 + n % 1000) end,
       case when n % 50 = 0 then 'PENDING' when n % 50 = 1 then 'IN_PROGRESS' when n % 2 = 0 then 'RESOLVED' else 'REJECTED' end,
       case when n % 5 = 0 then 'SPAM' else 'OTHER' end, n % 4, 1, case when n % 50 = 1 then 'user-1' end,
       case when n % 50 = 1 then pg_temp.at(n + 30) end, pg_temp.at(n), case when n % 50 > 1 then 'user-' || 1 + n % 40 end,
       case when n % 50 > 1 then pg_temp.at(n + 60) end, pg_temp.at(n), 0
from generate_series(1, 100000) n;
insert into reports (id, case_id, reporter_id, kind, reason, snapshot, links, weight, created_at)
select pg_temp.id(n), pg_temp.id(n), 'user-' || 1 + n * 7 % 3000, 'OTHER', '불편해요', '{}', '[]', 1000, pg_temp.at(n)
from generate_series(1, 100000) n;
insert into case_entries (id, case_id, kind, author_id, text, links, created_at)
select pg_temp.id(n), pg_temp.id(1 + n % 20000), 'NOTE', 'user-' || 1 + n % 40, '메모', '[]', pg_temp.at(n) from generate_series(1, 100000) n;
insert into appeals (id, sanction_id, user_id, text, kind, status, created_at, version)
select pg_temp.id(n), pg_temp.id(n), 'user-' || 1 + n % 3000, '억울해요', 'CHAT_BAN', case when n % 50 = 0 then 'PENDING' else 'UPHELD' end,
       pg_temp.at(n), 0
from generate_series(1, 100000) n;
insert into notifications (id, user_id, kind, event, message, data, is_read, created_at)
select pg_temp.id(n), 'user-' || 1 + n % 3000, 'REPORT', 'REPORT_RESOLVED', '', '{}', false, pg_temp.at(n) from generate_series(1, 100000) n;
insert into jobs (id, kind, payload, run_at, attempts, finished_at, failed, created_at, version)
select pg_temp.id(n), 'kind-' || n % 5, '{}', pg_temp.at(n), 0, case when n % 4 = 0 then null else pg_temp.at(n) end, n % 40 = 1,
       pg_temp.at(n), 0
from generate_series(1, 100000) n;
insert into idempotency_keys (user_id, key, fingerprint, answer, at)
select 'user-' || 1 + n % 3000, 'key-' || n, decode(repeat('00', 32), 'hex'), '{}', pg_temp.at(n) from generate_series(1, 100000) n;
insert into admin_logs (seq, created_at, admin_id, action, target_type, target_id, bytes, hash)
select n, pg_temp.at(n), 'user-' || 1 + n % 3000, case n % 3 when 0 then 'USER_VIEW' else 'STUDY_VIEW' end,
       case n % 3 when 0 then 'USER' else 'STUDY' end, 'target-' || n % 700, '{}', decode(repeat('00', 32), 'hex')
from generate_series(1, 100000) n;
insert into admin_log_personal (seq, field, salt, value)
select n, 'ipAddress', lpad(to_hex(n), 32, '0'), '203.0.113.7' from generate_series(1, 100000) n;
insert into security_events (minute, source, path, kind, user_id, count, at)
select n, 'user:user-' || n % 900, '/admin', 'UNAUTHORIZED_ACCESS_ATTEMPT', 'user-' || 1 + n % 900, 1, pg_temp.at(n)
from generate_series(1, 100000) n;
insert into attempts (way, subject, since, count, ends_at)
select 'SIGN_IN', decode(lpad(to_hex(n), 64, '0'), 'hex'), pg_temp.at(n), n % 30, pg_temp.at(n) from generate_series(1, 100000) n;
insert into devices (hash, user_id, seen_at, expires_at)
select decode(lpad(to_hex(n), 64, '0'), 'hex'), 'user-' || 1 + n % 3000, pg_temp.at(n), pg_temp.at(n) from generate_series(1, 100000) n;
insert into oauth_identities (issuer, subject, user_id, provider, linked_at)
select 'https://accounts.google.com', n::text, 'user-' || n, 'GOOGLE', pg_temp.at(n) from generate_series(1, 90000) n;
insert into oauth_flows (hash, state_hash, provider, nonce, verifier, expires_at)
select decode(lpad(to_hex(n), 64, '0'), 'hex'), '\x00', 'GITHUB', 'n', 'v', pg_temp.at(n) from generate_series(1, 100000) n;
insert into files (id, purpose, uploader_id, name, content_type, size, sha256, blob, state, created_at, version)
select pg_temp.id(n), 'AVATAR', 'user-' || (1 + n % 90000), 'avatar', 'image/jpeg', 20000, '\x00', 'b/' || n, 'READY', pg_temp.at(n), 0
from generate_series(1, 100000) n;
insert into totp_secrets (user_id, secret, confirmed_at, used_step, recovery, wrong, version)
select 'user-' || n, '\x00', pg_temp.at(n), n, '\x', 0, 0 from generate_series(1, 90000) n;
insert into half_sign_ins (hash, user_id, auth_version, expires_at)
select decode(lpad(to_hex(n), 64, '0'), 'hex'), 'user-' || n, 0, pg_temp.at(n) from generate_series(1, 100000) n;
insert into tickets (token_hash, user_id, expires_at)
select decode(lpad(to_hex(n), 64, '0'), 'hex'), 'user-' || n, pg_temp.at(n) from generate_series(1, 100000) n;
insert into revocations (seq, at, user_id, study_id, session_id, code)
select n, pg_temp.at(n), case when n % 3 <> 0 then 'user-' || n end, case when n % 3 = 1 then pg_temp.id(n) end,
       case when n % 3 = 0 then pg_temp.id(n) end, 'kicked'
from generate_series(1, 100000) n;

set session_replication_role = origin;
analyze users, files, sessions, verifications, attempts, devices, admin_roles, studies, study_tags, study_seats, study_heads, study_codes, study_members, study_invites,
    membership_events, messages, message_grams, read_marks, user_heads, study_events, user_events, sanctions,
    report_cases, reports, case_entries, appeals, notifications, jobs, idempotency_keys, admin_logs, admin_log_personal, security_events, oauth_identities, oauth_flows, totp_secrets, half_sign_ins, tickets, revocations;
