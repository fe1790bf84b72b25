-- People, studies, members, invites, chat, and the events that tell of them; sanctions, jobs, kept answers, the audit log.
--
-- People's identifiers are opaque text and sort by bytes (collate "C"); all others are UUIDs of version 7.
-- Everything is unqualified: the connection's search_path names the schema.

create table users (
    id text collate "C" primary key,
    email text collate "C" constraint users_email_key unique, -- lower case; absent for erased and hosts' users
    password text, -- argon2id in PHC form; absent for who signs in elsewhere
    name text,
    avatar text,
    bio text,
    status text not null check (status in ('ACTIVE', 'SUSPENDED', 'DELETED')),
    suspended_until timestamptz, -- of the sanctions that shut it out the latest end; absent for ever, and while there is none
    suspend_reason text,
    age_band text check (age_band in ('UNDER_14', 'UNDER_19', 'ADULT')), -- on the host's word
    guardian_consent_at timestamptz,
    locale text,
    auth_version bigint not null, -- grows whenever what they may do changes
    version bigint not null, -- grows with each save
    created_at timestamptz not null,
    updated_at timestamptz not null,
    last_login_at timestamptz
);
create index users_status on users (status);
create index users_created_at on users (created_at);
create index users_last_login_at on users (last_login_at);

create table sessions (
    id uuid primary key,
    user_id text collate "C" not null references users on delete cascade,
    token_hash bytea not null constraint sessions_token_hash_key unique, -- SHA-256; the token itself is never stored
    created_at timestamptz not null,
    expires_at timestamptz not null, -- whatever happens
    last_seen_at timestamptz not null, -- to some minutes
    confirmed_at timestamptz not null, -- when its holder last showed that they know the password
    ip text,
    user_agent text
);
create index sessions_user_id on sessions (user_id, created_at, id);
create index sessions_expires_at on sessions (expires_at);

-- What waits for a code that was sent by letter: an account to be made, or a new password. One row an address and kind, whether or not
-- there is such an account; it refers to nothing.
create table verifications (
    kind text not null check (kind in ('SIGN_UP', 'RESET')),
    email text collate "C" not null,
    job_id uuid not null, -- which sends the code
    name text, -- of the account to be made
    password text, -- argon2id in PHC form, of the account to be made
    code_hash bytea, -- SHA-256; absent until the letter is sent. The code itself is never stored
    tries bigint not null, -- wrong codes
    asked bigint not null, -- letters since asked_since
    asked_since timestamptz not null,
    expires_at timestamptz not null,
    version bigint not null, -- grows with each save
    primary key (kind, email)
);
create index verifications_expires_at on verifications (expires_at);

-- Attempts to sign in and the like, counted from the first of a while. They refer to nothing: also attempts at what is not there count.
create table attempts (
    way text collate "C" not null check (way in ('SIGN_IN', 'SIGN_UP', 'RESET', 'VERIFY', 'CONFIRM', 'BEGIN')),
    subject bytea not null, -- SHA-256 of whose they are: an address, an account, a browser, a session
    since timestamptz not null,
    count bigint not null,
    ends_at timestamptz not null, -- they do not count any more
    primary key (way, subject)
);
create index attempts_ends_at on attempts (ends_at);

-- Browsers in which people signed in, and to whose accounts.
create table devices (
    hash bytea not null, -- SHA-256 of the browser's cookie, another one at each sign-in
    user_id text collate "C" not null references users on delete cascade,
    seen_at timestamptz not null, -- signed in the last time
    expires_at timestamptz not null,
    primary key (hash, user_id)
);
create index devices_user_id on devices (user_id, seen_at);
create index devices_expires_at on devices (expires_at);

-- Second factors: what an authenticator app shares with us, in the clear, for codes are made of it.
create table totp_secrets (
    user_id text collate "C" primary key references users on delete cascade,
    secret bytea not null,
    confirmed_at timestamptz, -- absent: being set up, nothing is asked for
    used_step bigint not null, -- the newest step whose code was taken; none of it or before is taken again
    recovery bytea not null, -- SHA-256 of each recovery code that was not used, one after the other
    wrong bigint not null, -- wrong codes in a row
    wrong_at timestamptz,
    version bigint not null
);

-- Sign-ins that wait for the code of a second factor, for five minutes and used once.
create table half_sign_ins (
    hash bytea primary key, -- SHA-256 of the browser's cookie
    user_id text collate "C" not null references users on delete cascade,
    auth_version bigint not null, -- the person's, after the first step
    expires_at timestamptz not null
);
create index half_sign_ins_user_id on half_sign_ins (user_id);
create index half_sign_ins_expires_at on half_sign_ins (expires_at);

-- Who people are at Google and GitHub (the model's googleId and githubId). An address is never looked for in here.
create table oauth_identities (
    issuer text collate "C" not null,
    subject text collate "C" not null, -- never changes at the issuer
    user_id text collate "C" not null references users on delete cascade,
    provider text collate "C" not null check (provider in ('GOOGLE', 'GITHUB')),
    email text, -- as the issuer told it, verified or not
    linked_at timestamptz not null,
    constraint oauth_identities_pkey primary key (issuer, subject)
);
create unique index oauth_identities_user_id on oauth_identities (user_id, provider);

-- Sign-ins under way there, for ten minutes and used once. They refer to nothing: who comes back is asked again.
create table oauth_flows (
    hash bytea primary key, -- SHA-256 of the browser's cookie
    state_hash bytea not null, -- SHA-256 of the state in the address
    provider text collate "C" not null check (provider in ('GOOGLE', 'GITHUB')),
    nonce text not null,
    verifier text not null, -- PKCE's
    next text, -- a path to go on to
    link_user_id text collate "C", -- to whose account it is linked; absent: signing in
    link_session_id uuid, -- in which session they asked for it
    expires_at timestamptz not null
);
create index oauth_flows_expires_at on oauth_flows (expires_at);

create table admin_roles (
    user_id text collate "C" primary key references users on delete cascade,
    role text not null check (role in ('VIEWER', 'MODERATOR', 'ADMIN', 'SUPER_ADMIN')),
    permissions text not null, -- JSON: extra grants and denials
    granted_by text collate "C" references users, -- absent for the first administrator
    granted_at timestamptz not null,
    expires_at timestamptz
);
create index admin_roles_granted_by on admin_roles (granted_by);

create table studies (
    id uuid primary key,
    owner_id text collate "C" not null references users,
    name text not null,
    emoji text not null,
    description text not null,
    folded text not null, -- name and description, one line each, as they are searched
    category text collate "C" not null,
    sub_category text collate "C",
    is_public boolean not null,
    auto_approve boolean not null,
    is_recruiting boolean not null,
    rating double precision not null,
    review_count bigint not null,
    invite_code text collate "C" not null, -- the standing code
    time_zone text not null, -- IANA name
    hidden_at timestamptz, -- since when a moderator hides it
    closed_at timestamptz, -- since when it is read-only
    closed_by text collate "C" references users,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null
);
create index studies_owner_id on studies (owner_id);
create index studies_closed_by on studies (closed_by) where closed_by is not null;
-- Browsing sees these only, in one of three orders.
create index studies_browse_created_at on studies (created_at, id) where is_public and hidden_at is null;
create index studies_browse_rating on studies (rating, id) where is_public and hidden_at is null;
create index studies_category on studies (category, created_at, id) where is_public and hidden_at is null;
create index studies_category_rating on studies (category, rating, id) where is_public and hidden_at is null;
create index studies_recruiting on studies (is_public, is_recruiting);

create table study_tags (
    study_id uuid not null references studies on delete cascade,
    position bigint not null, -- as they were typed
    tag text collate "C" not null,
    primary key (study_id, position)
);
create unique index study_tags_tag on study_tags (tag, study_id);

-- Apart from the study, so that joins do not move its version: they are conditional updates of this row.
create table study_seats (
    study_id uuid primary key references studies on delete cascade,
    taken bigint not null check (taken >= 0), -- the ACTIVE members
    capacity bigint not null check (capacity > 0)
);
create index study_seats_taken on study_seats (taken, study_id);

-- What people upload; the content is elsewhere, under the name in blob. A row comes before its content and goes after it.
create table files (
    id uuid primary key,
    study_id uuid references studies,
    purpose text collate "C" not null check (purpose in ('STUDY', 'NOTICE', 'EVIDENCE', 'AVATAR', 'GROUP_IMAGE')),
    uploader_id text collate "C" not null references users,
    name text not null,
    content_type text collate "C" not null, -- as it was found to be
    size bigint not null,
    sha256 bytea not null,
    blob text collate "C" not null,
    state text collate "C" not null check (state in ('RESERVED', 'READY', 'QUARANTINED')),
    reserved_until timestamptz,
    created_at timestamptz not null,
    deleted_at timestamptz,
    version bigint not null -- grows with each save
);
create index files_uploader_id on files (uploader_id, purpose) where deleted_at is null;
create index files_study_id on files (study_id, created_at) where study_id is not null;

create table study_members (
    study_id uuid not null references studies on delete cascade,
    user_id text collate "C" not null references users,
    role text not null check (role in ('OWNER', 'ADMIN', 'MEMBER')),
    status text not null check (status in ('PENDING', 'ACTIVE', 'KICKED', 'LEFT')),
    introduction text,
    motivation text,
    level text,
    posting_paused_until timestamptz,
    joined_at timestamptz not null,
    approved_at timestamptz,
    version bigint not null,
    constraint study_members_pkey primary key (study_id, user_id)
);
create unique index study_members_owner on study_members (study_id) where role = 'OWNER' and status = 'ACTIVE';
create index study_members_user_id on study_members (user_id, study_id, status);
create index study_members_status on study_members (study_id, status, joined_at, user_id);

create table study_invites (
    id uuid primary key,
    study_id uuid not null references studies on delete cascade,
    code text collate "C" not null,
    created_by text collate "C" not null references users,
    expires_at timestamptz,
    max_uses bigint,
    uses bigint not null, -- moves by conditional updates only
    created_at timestamptz not null
);
create index study_invites_study_id on study_invites (study_id, created_at, id);
create index study_invites_created_by on study_invites (created_by);

-- Every code that opens a study, its standing one and its invites', so that no two are alike.
create table study_codes (
    code text collate "C" primary key,
    study_id uuid not null references studies on delete cascade,
    invite_id uuid unique references study_invites on delete cascade deferrable initially deferred -- absent: the standing code
);
create unique index study_codes_study_id on study_codes (study_id) where invite_id is null;
create index study_codes_of_study on study_codes (study_id);

-- The history of memberships; append only, and it stays when the membership goes.
create table membership_events (
    id uuid primary key,
    study_id uuid not null references studies on delete cascade,
    user_id text collate "C" not null references users,
    what text not null,
    by_id text collate "C" not null references users,
    at timestamptz not null
);
create index membership_events_study_id on membership_events (study_id, at);
create index membership_events_user_id on membership_events (user_id, study_id, what, at);
create index membership_events_by_id on membership_events (by_id);

create table messages (
    study_id uuid not null references studies on delete cascade,
    seq bigint not null check (seq > 0), -- from 1 in each study, without gaps
    id uuid not null constraint messages_id_key unique,
    client_id text collate "C", -- the author's own name for it
    user_id text collate "C" not null references users,
    content text not null, -- kept when deleted, for moderation
    folded text, -- as it is searched; absent where that is the content
    mentions text, -- a JSON list of people's ids; absent where nobody is mentioned
    file_id uuid, -- what is attached; references nothing until there are files
    reply_to_id uuid references messages (id),
    edited_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    version bigint not null,
    constraint messages_pkey primary key (study_id, seq)
);
create unique index messages_client_id on messages (user_id, client_id) where client_id is not null;
create index messages_user_id on messages (user_id, id);
create index messages_created_at on messages (study_id, created_at);
create index messages_reply_to_id on messages (reply_to_id) where reply_to_id is not null;

-- The search index: pairs of neighbouring characters, and the study's id, of messages that are not deleted.
-- Apart from the messages, so that changing those does not rewrite it.
create table message_grams (
    study_id uuid not null,
    seq bigint not null,
    grams text[] not null,
    primary key (study_id, seq),
    foreign key (study_id, seq) references messages on delete cascade
);
create index message_grams_grams on message_grams using gin (grams);

create table read_marks (
    study_id uuid not null references studies on delete cascade,
    user_id text collate "C" not null references users,
    seq bigint not null check (seq >= 0), -- the last message that they have seen; never moves back
    primary key (study_id, user_id)
);
create index read_marks_user_id on read_marks (user_id);

-- A scope's newest places. The row's lock in the commit is the order within the scope.
create table study_heads (
    study_id uuid primary key references studies on delete cascade,
    event_seq bigint not null,
    message_seq bigint not null,
    updated_at timestamptz not null -- the study's last activity
);
create index study_heads_updated_at on study_heads (updated_at, study_id);

create table user_heads (
    user_id text collate "C" primary key references users on delete cascade,
    event_seq bigint not null
);

-- What happened, to a study's members and to one person; without gaps within a scope, pruned by age.
create table study_events (
    study_id uuid not null references studies on delete cascade,
    seq bigint not null,
    kind text not null,
    at timestamptz not null,
    data text not null, -- JSON, byte for byte as it is told
    primary key (study_id, seq)
);
create index study_events_at on study_events (at);

create table user_events (
    user_id text collate "C" not null references users on delete cascade,
    seq bigint not null,
    kind text not null,
    at timestamptz not null,
    data text not null, -- JSON, byte for byte as it is told
    primary key (user_id, seq)
);
create index user_events_at on user_events (at);

-- Reports (신고). All open reports on one target are one case; what they are on may be deleted, so nothing refers to it.
create table report_cases (
    id uuid primary key,
    target_type text not null check (target_type in ('USER', 'STUDY', 'MESSAGE')),
    target_id text collate "C" not null,
    target_name text,
    offender_id text collate "C" not null references users, -- whose doing it is
    study_id uuid, -- that it is, or is in
    status text not null check (status in ('PENDING', 'IN_PROGRESS', 'RESOLVED', 'REJECTED')), -- IN_PROGRESS while the lease lasts
    kind text not null check (kind in ('SPAM', 'HARASSMENT', 'INAPPROPRIATE', 'COPYRIGHT', 'OTHER', 'SAFETY')), -- the gravest
    urgency bigint not null check (urgency between 0 and 3), -- the order of the queue: URGENT, HIGH, MEDIUM, LOW
    reports bigint not null,
    assigned_to text collate "C" references users,
    lease_until timestamptz, -- after that it waits for anybody
    held_until timestamptz, -- for investigation; the lease lasts as long
    escalated_to text check (escalated_to in ('VIEWER', 'MODERATOR', 'ADMIN', 'SUPER_ADMIN')),
    touched_at timestamptz not null, -- when somebody last did something about it
    first_response_at timestamptz,
    processed_by text collate "C" references users,
    processed_at timestamptz,
    resolution text, -- what the parties were told
    created_at timestamptz not null,
    version bigint not null
);
create unique index report_cases_open on report_cases (target_type, target_id) where status in ('PENDING', 'IN_PROGRESS');
create index report_cases_target on report_cases (target_type, target_id, id);
create index report_cases_queue on report_cases (urgency, id);
create index report_cases_waiting on report_cases (urgency, id) where status in ('PENDING', 'IN_PROGRESS');
create index report_cases_resolved on report_cases (urgency, id) where status = 'RESOLVED';
create index report_cases_rejected on report_cases (urgency, id) where status = 'REJECTED';
create index report_cases_created_at on report_cases (created_at, id);
create index report_cases_offender_id on report_cases (offender_id, id);
create index report_cases_assigned_to on report_cases (assigned_to) where assigned_to is not null;
create index report_cases_processed_by on report_cases (processed_by) where processed_by is not null;

create table reports (
    id uuid primary key,
    case_id uuid not null references report_cases,
    reporter_id text collate "C" not null references users, -- never shown to the target
    kind text not null check (kind in ('SPAM', 'HARASSMENT', 'INAPPROPRIATE', 'COPYRIGHT', 'OTHER', 'SAFETY')),
    reason text not null,
    snapshot text not null, -- JSON: what was reported, as it was
    links text not null, -- JSON: a list
    weight bigint not null check (weight between 0 and 1000), -- how much the reporter's word counted, in thousandths
    created_at timestamptz not null
);
create unique index reports_reporter on reports (case_id, reporter_id);
create index reports_case_id on reports (case_id, id);
create index reports_reporter_id on reports (reporter_id, created_at, id);

-- What administrators added to a case.
create table case_entries (
    id uuid primary key,
    case_id uuid not null references report_cases,
    kind text not null check (kind in ('NOTE', 'EVIDENCE')),
    author_id text collate "C" references users, -- absent: the host in its own name
    text text not null,
    links text not null, -- JSON: a list
    created_at timestamptz not null
);
create index case_entries_case_id on case_entries (case_id, id);
create index case_entries_author_id on case_entries (author_id) where author_id is not null;

-- What takes rights away for a while. Rows are never deleted.
create table sanctions (
    id uuid primary key,
    user_id text collate "C" not null references users,
    admin_id text collate "C" references users, -- absent: the host in its own name
    kind text not null check (
        kind in ('WARNING', 'CHAT_BAN', 'FILE_UPLOAD_BAN', 'STUDY_CREATE_BAN', 'RESTRICTION', 'SUSPENSION', 'PERMANENT_BAN')
    ),
    days bigint check (days between 1 and 30), -- for how long it was imposed, where its type has a length
    reason text not null,
    report_id uuid references reports, -- that it answers
    expires_at timestamptz, -- works until then, without any job; absent: for ever, and for a warning
    is_active boolean not null, -- false once lifted, or once its end was noted
    lifted_by text collate "C" references users,
    lift_reason text,
    lifted_at timestamptz,
    mistaken boolean not null,
    created_at timestamptz not null,
    version bigint not null
);
create index sanctions_user_id on sanctions (user_id, is_active);
create index sanctions_expires_at on sanctions (expires_at) where is_active and expires_at is not null;
create index sanctions_admin_id on sanctions (admin_id);
create index sanctions_lifted_by on sanctions (lifted_by) where lifted_by is not null;
create index sanctions_report_id on sanctions (report_id) where report_id is not null;

-- Appeals (이의 제기): one a sanction, decided by somebody else.
create table appeals (
    id uuid primary key,
    sanction_id uuid not null constraint appeals_sanction_id_key unique references sanctions,
    user_id text collate "C" not null references users,
    text text not null,
    kind text not null, -- what it was against: a reduced sanction is another one afterwards
    days bigint,
    status text not null check (status in ('PENDING', 'UPHELD', 'REDUCED', 'OVERTURNED')),
    decided_by text collate "C" references users,
    decided_role text check (decided_role in ('VIEWER', 'MODERATOR', 'ADMIN', 'SUPER_ADMIN')), -- then; all that the appellant sees
    decided_at timestamptz,
    words text, -- what both sides were told
    created_at timestamptz not null,
    version bigint not null
);
create index appeals_created_at on appeals (created_at, id);
create index appeals_status on appeals (status, created_at, id);
create index appeals_user_id on appeals (user_id);
create index appeals_decided_by on appeals (decided_by) where decided_by is not null;

-- Notifications (알림) in the app. The study that one speaks of may be deleted: its name and emoji are those of then.
create table notifications (
    id uuid primary key,
    user_id text collate "C" not null references users on delete cascade,
    kind text not null, -- what it is about; follows from the event
    event text not null, -- what it tells exactly
    study_id uuid,
    study_name text,
    study_emoji text,
    message text not null,
    data text not null, -- JSON
    is_read boolean not null,
    created_at timestamptz not null
);
create index notifications_user_id on notifications (user_id, created_at, id);
create index notifications_is_read on notifications (user_id, is_read, created_at, id);

-- Settings that administrators changed; all others are as the deployment begins with them.
create table settings (
    key text collate "C" primary key,
    value text not null, -- JSON
    version bigint not null check (version > 0), -- the change that it came with
    updated_by text collate "C" references users, -- absent: the host in its own name
    updated_at timestamptz not null
);
create index settings_updated_by on settings (updated_by) where updated_by is not null;

-- How often settings were changed: one row, the lock of all.
create table setting_head (
    one integer primary key check (one = 1),
    version bigint not null
);
insert into setting_head (one, version) values (1, 0);

-- Work that is done after its commit, at least once.
create table jobs (
    id uuid primary key,
    kind text collate "C" not null,
    payload text not null, -- JSON
    run_at timestamptz not null, -- not before
    lease_until timestamptz, -- somebody works on it until then
    attempts bigint not null, -- since it last got on
    progress text, -- JSON
    result text, -- JSON
    last_error text,
    finished_at timestamptz, -- done, or given up
    failed boolean not null, -- given up
    created_at timestamptz not null,
    version bigint not null -- grows with each claim and each save
);
create index jobs_due on jobs (kind, run_at, id) where finished_at is null;
create index jobs_finished_at on jobs (finished_at) where finished_at is not null and not failed;

-- Answers that a repeated request is told again; pruned by age.
create table idempotency_keys (
    user_id text collate "C" not null references users on delete cascade,
    key text collate "C" not null,
    fingerprint bytea not null, -- SHA-256 of the request
    answer text not null, -- JSON
    at timestamptz not null,
    constraint idempotency_keys_pkey primary key (user_id, key)
);
create index idempotency_keys_at on idempotency_keys (at);

-- The audit log: a chain of hashes over the exact bytes. The columns beside are for finding; verifying compares them.
create table admin_logs (
    seq bigint primary key check (seq > 0), -- from 1, without gaps
    created_at timestamptz not null,
    admin_id text collate "C" references users, -- absent: the host in its own name
    action text collate "C" not null,
    target_type text collate "C",
    target_id text collate "C",
    bytes text not null, -- JSON, byte for byte as it was hashed
    hash bytea not null -- SHA-256 of the hash before, the place and the bytes
);
create index admin_logs_admin_id on admin_logs (admin_id, seq);
create index admin_logs_action on admin_logs (action, seq);
create index admin_logs_target on admin_logs (target_type, target_id, seq);
create index admin_logs_target_id on admin_logs (target_id, seq);
create index admin_logs_target_type on admin_logs (target_type, seq);

-- Personal values that the bytes only commit to. Erasing one leaves the chain whole.
create table admin_log_personal (
    seq bigint not null references admin_logs,
    field text collate "C" not null, -- as in the bytes: ipAddress, before.name
    salt text not null, -- 32 hexadecimal digits
    value text not null,
    primary key (seq, field)
);

-- The end of the chain: one row, locked last in a commit.
create table audit_head (
    one integer primary key check (one = 1),
    seq bigint not null,
    hash bytea not null
);
insert into audit_head (one, seq, hash) values (1, 0, decode(repeat('00', 32), 'hex'));

create function admin_logs_stay() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log is append only';
end
$$;
create trigger admin_logs_stay before update or delete or truncate on admin_logs
    for each statement execute function admin_logs_stay();
create trigger admin_log_personal_stays before update or truncate on admin_log_personal
    for each statement execute function admin_logs_stay();
create trigger audit_head_stays before delete or truncate on audit_head
    for each statement execute function admin_logs_stay();

-- Refused attempts: those of one source on one path within a minute are one row.
create table security_events (
    minute bigint not null, -- since 1970
    source text collate "C" not null, -- user:ID, ip:ADDRESS, or empty
    path text collate "C" not null,
    kind text collate "C" not null,
    user_id text collate "C" references users on delete cascade,
    ip text,
    count bigint not null,
    at timestamptz not null, -- the first of the minute
    primary key (minute, source, path, kind)
);
create index security_events_at on security_events (at desc, source, path, kind);
create index security_events_user_id on security_events (user_id) where user_id is not null;

-- Tickets open one connection each, within a minute. They refer to nothing: they are worth what their holder is when they are used.
create table tickets (
    token_hash bytea primary key, -- SHA-256 of what the client holds
    user_id text collate "C", -- for a person known by the host
    session_hash bytea, -- or for a session, by its token's SHA-256
    expires_at timestamptz not null,
    check ((user_id is null) <> (session_hash is null))
);
create index tickets_expires_at on tickets (expires_at);

-- Changes of rights that open connections feel, in the order of their commits; pruned by age. They outlive what they speak of.
create table revocations (
    seq bigint primary key check (seq > 0), -- from 1, without gaps
    at timestamptz not null,
    user_id text collate "C", -- of the person, or of the person in the study
    study_id uuid, -- all who hear it, or only the person
    session_id uuid, -- alone: those that were opened with it
    code text collate "C" not null,
    until timestamptz, -- absent: it does not end by itself
    check (session_id is null or (user_id is null and study_id is null)) -- nobody named: the whole site
);
create index revocations_at on revocations (at);

-- The newest place among revocations: one row, locked in a commit after the heads of scopes and before the audit log's.
create table revocation_head (
    one integer primary key check (one = 1),
    seq bigint not null
);
insert into revocation_head (one, seq) values (1, 0);
