-- 100,000 rows of everything that grows: a busy study with much in it (the first), and many with little.
-- Foreign keys are not asked while it is written: each would be asked 100,000 times.
pragma foreign_keys = off;
begin;

create temp table numbers (n integer primary key, id blob not null, at text not null);
insert into numbers (n, id, at)
with recursive counted (n) as (select 1 union all select n + 1 from counted where n < 100000)
select n, unhex('00000000000070008000' || printf('%012x', n)),
       strftime('%Y-%m-%dT%H:%M:%S', '2026-03-02', '+' || n || ' minutes') || '.000000Z'
from counted;
create temp table busy (id blob not null);
insert into busy (id) select id from numbers where n = 1;

insert into users (id, email, name, status, auth_version, version, created_at, updated_at)
select 'user-' || n, 'user-' || n || '@school.kr', '이름 ' || n, 'ACTIVE', 0, 0, at, at from numbers;

insert into sessions (id, user_id, token_hash, created_at, expires_at, last_seen_at, confirmed_at)
select id, 'user-' || n, unhex(printf('%064x', n)), at, at, at, at from numbers;

insert into verifications (kind, email, job_id, tries, asked, asked_since, expires_at, version)
select 'RESET', 'user-' || n || '@school.kr', id, 0, 1, at, at, 0 from numbers;

insert into admin_roles (user_id, role, permissions, granted_at)
select 'user-' || n, iif(n = 1, 'SUPER_ADMIN', 'MODERATOR'), '{}', at from numbers where n <= 50;

insert into studies
(id, owner_id, name, emoji, description, folded, category, sub_category, is_public, auto_approve, is_recruiting, rating,
 review_count, invite_code, time_zone, closed_at, created_at, updated_at, version)
select id, 'user-' || n, '스터디 ' || n, '📚', '매주 화요일에 풀어요', '스터디 ' || n || char(10) || '매주 화요일에 풀어요',
       '과목-' || n % 10, '중급', n % 10 <> 3, 1, n % 3 <> 0, (n % 50) / 10.0, n % 7, 'code-' || n, 'Asia/Seoul',
       iif(n % 20 = 7, at, null), at, at, 0
from numbers order by n * 7919 % 100000;

insert into study_tags (study_id, position, tag) select id, 0, '태그-' || n % 500 from numbers;
insert into study_tags (study_id, position, tag) select id, 1, '초보 환영' from numbers where n % 2 = 1;
insert into study_seats (study_id, taken, capacity) select id, 1 + n * 31 % 40, 1000 from numbers;
insert into study_heads (study_id, event_seq, message_seq, updated_at)
select id, iif(n = 1, 20000, 1), iif(n = 1, 20000, 1), at from numbers;
insert into study_codes (code, study_id) select 'code-' || n, id from numbers;

-- The first study has 3,000 members, the first person is in 500 studies.
insert into study_members (study_id, user_id, role, status, joined_at, version)
select id, 'user-' || n, 'OWNER', 'ACTIVE', at, 0 from numbers
union all
select busy.id, 'user-' || n, iif(n % 100 = 0, 'ADMIN', 'MEMBER'),
       case n % 5 when 0 then 'PENDING' when 1 then 'KICKED' else 'ACTIVE' end, at, 0
from numbers join busy where n between 2 and 3000
union all
select id, 'user-1', 'MEMBER', 'ACTIVE', at, 0 from numbers where n between 2 and 501;

insert into study_invites (id, study_id, code, created_by, uses, created_at)
select numbers.id, iif(n <= 2000, busy.id, numbers.id), 'invite-' || n, 'user-' || n, 0, at from numbers join busy;
insert into study_codes (code, study_id, invite_id) select code, study_id, id from study_invites;

insert into membership_events (id, study_id, user_id, what, by_id, at)
select id, id, 'user-' || (1 + n % 3000), case n % 3 when 0 then 'requested' when 1 then 'rejected' else 'joined' end, 'user-1', at
from numbers;

insert into messages (study_id, seq, id, client_id, user_id, content, created_at, updated_at, version)
select iif(n <= 20000, busy.id, numbers.id), iif(n <= 20000, n, 1), numbers.id, 'c' || n, 'user-' || (1 + n % 3000),
       iif(n % 100 = 0, '희귀한 말', '수학 숙제 다 했어요'), at, at, 0
from numbers join busy;
insert into message_grams (rowid, grams)
select s.number * 4294967296 + x.seq, iif(x.content = '희귀한 말', 'd76cxadc0 adc0xd55c', 'c218xd559 c219xc81c')
from messages x join studies s on s.id = x.study_id;

insert into read_marks (study_id, user_id, seq)
select busy.id, 'user-' || n, 19950 from numbers join busy where n <= 3000
union all
select id, 'user-' || n, 1 from numbers where n > 1;
insert into user_heads (user_id, event_seq) select 'user-' || n, 1 from numbers;
insert into study_events (study_id, seq, kind, at, data)
select iif(n <= 20000, busy.id, numbers.id), iif(n <= 20000, n, 1), 'message.created', at, '{}' from numbers join busy;
insert into user_events (user_id, seq, kind, at, data)
select 'user-' || iif(n <= 20000, 1, n), iif(n <= 20000, n, 1), 'study.deleted', at, '{}' from numbers;

insert into sanctions (id, user_id, admin_id, kind, reason, expires_at, is_active, mistaken, created_at, version)
select id, 'user-' || (1 + n % 3000), 'user-1', 'CHAT_BAN', '도배', at, n % 50 = 0, 0, at, 0 from numbers;
insert into report_cases (id, target_type, target_id, offender_id, study_id, status, kind, urgency, reports, assigned_to, lease_until, touched_at,
    processed_by, processed_at, created_at, version)
select id, 'USER', 'user-' || n, 'user-' || (1 + n % 3000), case when n % 3 = 0 then (select b.id from numbers b where b.n = 1 + numbers.n % 1000) end,
       case when n % 50 = 0 then 'PENDING' when n % 50 = 1 then 'IN_PROGRESS' when n % 2 = 0 then 'RESOLVED' else 'REJECTED' end,
       case when n % 5 = 0 then 'SPAM' else 'OTHER' end, n % 4, 1, case when n % 50 = 1 then 'user-1' end,
       case when n % 50 = 1 then at end, at, case when n % 50 > 1 then 'user-' || (1 + n % 40) end,
       case when n % 50 > 1 then at end, at, 0
from numbers;
insert into reports (id, case_id, reporter_id, kind, reason, snapshot, links, weight, created_at)
select id, id, 'user-' || (1 + n * 7 % 3000), 'OTHER', '불편해요', '{}', '[]', 1000, at
from numbers;
insert into case_entries (id, case_id, kind, author_id, text, links, created_at)
select id, (select b.id from numbers b where b.n = 1 + numbers.n % 20000), 'NOTE', 'user-' || (1 + n % 40), '메모', '[]', at from numbers;
insert into appeals (id, sanction_id, user_id, text, kind, status, created_at, version)
select id, id, 'user-' || (1 + n % 3000), '억울해요', 'CHAT_BAN', case when n % 50 = 0 then 'PENDING' else 'UPHELD' end,
       at, 0
from numbers;
insert into notifications (id, user_id, kind, event, message, data, is_read, created_at)
select id, 'user-' || (1 + n % 3000), 'REPORT', 'REPORT_RESOLVED', '', '{}', 0, at from numbers;
insert into jobs (id, kind, payload, run_at, attempts, finished_at, failed, created_at, version)
select id, 'kind-' || n % 5, '{}', at, 0, iif(n % 4 = 0, null, at), n % 40 = 1, at, 0 from numbers;
insert into idempotency_keys (user_id, key, fingerprint, answer, at)
select 'user-' || (1 + n % 3000), 'key-' || n, zeroblob(32), '{}', at from numbers;
insert into admin_logs (seq, created_at, admin_id, action, target_type, target_id, bytes, hash)
select n, at, 'user-' || (1 + n % 3000), iif(n % 3 = 0, 'USER_VIEW', 'STUDY_VIEW'), iif(n % 3 = 0, 'USER', 'STUDY'), 'target-' || n % 700, '{}',
       zeroblob(32)
from numbers;
insert into admin_log_personal (seq, field, salt, value) select n, 'ipAddress', printf('%032x', n), '203.0.113.7' from numbers;
insert into security_events (minute, source, path, kind, user_id, count, at)
select n, 'user:user-' || n % 900, '/admin', 'UNAUTHORIZED_ACCESS_ATTEMPT', 'user-' || (1 + n % 900), 1, at from numbers;
insert into attempts (way, subject, since, count, ends_at)
select 'SIGN_IN', unhex(printf('%064x', n)), at, n % 30, at from numbers;
insert into devices (hash, user_id, seen_at, expires_at)
select unhex(printf('%064x', n)), 'user-' || (1 + n % 3000), at, at from numbers;
insert into oauth_identities (issuer, subject, user_id, provider, linked_at)
select 'https://accounts.google.com', n, 'user-' || n, 'GOOGLE', at from numbers where n <= 90000;
insert into oauth_flows (hash, state_hash, provider, nonce, verifier, expires_at)
select unhex(printf('%064x', n)), x'00', 'GITHUB', 'n', 'v', at from numbers;
insert into files (id, purpose, uploader_id, name, content_type, size, sha256, blob, state, created_at, version)
select id, 'AVATAR', 'user-' || (1 + n % 90000), 'avatar', 'image/jpeg', 20000, x'00', 'b/' || n, 'READY', at, 0 from numbers;
insert into totp_secrets (user_id, secret, confirmed_at, used_step, recovery, wrong, version)
select 'user-' || n, x'00', at, n, x'', 0, 0 from numbers where n <= 90000;
insert into half_sign_ins (hash, user_id, auth_version, expires_at)
select unhex(printf('%064x', n)), 'user-' || n, 0, at from numbers;
insert into tickets (token_hash, user_id, expires_at)
select unhex(printf('%064x', n)), 'user-' || n, at from numbers;
insert into revocations (seq, at, user_id, study_id, session_id, code)
select n, at, iif(n % 3 <> 0, 'user-' || n, null), iif(n % 3 = 1, id, null), iif(n % 3 = 0, id, null), 'kicked' from numbers;
commit;
