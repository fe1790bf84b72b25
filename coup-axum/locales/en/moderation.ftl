## Administration

nav-admin = Moderation
nav-reports = Reports
nav-moderated = Reported messages
nav-moderated-short = Messages
nav-appeals = Appeals
nav-appeals-short = Appeals
nav-explain = Who may do what
nav-explain-short = Rights
nav-site-settings = Settings
settings-lead = What is saved is in force on every server at once, and kept in the audit log
settings-site = Site
settings-maintenance = Maintenance
settings-toggles = What can be used
settings-identity = Accounts
settings-studies = Studies
settings-moderation = Reports and sanctions
setting-changed = Changed { $name }
setting-site-name = Name of the site
setting-site-name-hint = Left empty, it has the name that it began with
setting-time-zone = Time zone
setting-time-zone-hint = Dates are shown in it. Example: Asia/Seoul
setting-maintenance-mode = Maintenance mode
setting-maintenance-mode-hint = Only administrators get in, and open connections end at once
setting-maintenance-message = Message
setting-maintenance-message-hint = Members are shown it during maintenance
setting-sign-up = Sign-up
setting-sign-up-hint = Switched off, no new accounts can be made
setting-google = Sign-in with Google
setting-google-hint = Works where the server is set up for it
setting-github = Sign-in with GitHub
setting-github-hint = Works where the server is set up for it
setting-study-creation = Founding studies
setting-study-creation-hint = Switched off, no new studies can be founded
setting-chat = Chat
setting-chat-hint = Switched off, messages can only be read
setting-password-min-length = Shortest password
setting-password-min-length-hint = No new password may be shorter
setting-session-hours = Hours of a session
setting-session-hours-hint = After that one signs in again
setting-session-idle = Idle sessions last
setting-session-idle-hint = Who does nothing for so long signs in again. In minutes
setting-verify-email = Verify e-mail at sign-up
setting-verify-email-hint = An account is made once the code from the letter is typed. Needs a mail server
setting-rate-limits = Limits on guessing
setting-rate-limits-hint = How often somebody may try within these minutes before they have to wait: wrong tries from one address (a whole school may be behind one), for one account from unknown browsers, for one account from one known browser; sign-ups, reset letters and sign-ins elsewhere from one address. As JSON; 1–1440 minutes, 3–100000 tries
setting-admin-second-factor = Two-step sign-in for administrators
setting-admin-second-factor-hint = Administrators administer only once they have set it up
setting-default-capacity = Usual capacity
setting-default-capacity-hint = The seats of a new study whose founder does not say
setting-max-capacity = Greatest capacity
setting-max-capacity-hint = No study may have more seats. Those that have more already keep them
setting-appeal-days = Days to appeal
setting-appeal-days-hint = For so many days after it was imposed, a sanction can be appealed
setting-strike-lapse-days = Days that a sanction counts
setting-strike-lapse-days-hint = After that it does not count for the next one. Left empty, it always does
setting-ladder = Ladder of sanctions
setting-ladder-hint = What is recommended after what was imposed before, from the mildest, as JSON
setting-classification = Urgency of reports
setting-classification-hint = The rules of how urgent reports are, as JSON
nav-logs = Audit log
nav-logs-short = Log
nav-own-sanctions = Restrictions on my account
crumbs-label = Where you are
host-name = The system

## Roles

admin-viewer = Viewer
admin-moderator = Moderator
admin-admin = Administrator
admin-super-admin = Super administrator

## Types and states of reports

target-user = Person
target-study = Study
target-message = Message
report-type-spam = Spam or advertising
report-type-harassment = Harassment
report-type-inappropriate = Inappropriate content
report-type-copyright = Copyright
report-type-other = Something else
report-type-safety = Somebody is in danger
priority-low = Low
priority-medium = Medium
priority-high = High
priority-urgent = Urgent
case-pending = Waiting
case-in-progress = In progress
case-resolved = Approved
case-rejected = Dismissed

## The queue

reports-lead = The most urgent first, then the oldest
moderated-lead = For each message you can read what was said around it
filter-status = Status
filter-priority = Priority
filter-type = Type
filter-target = Target
filter-assigned = Assigned to
filter-mine = Me
filter-from = From
filter-to = Until
reports-no-match-title = No report matches
reports-no-match-text = Fewer filters show more reports
reports-none-title = No reports
reports-none-text = New reports appear here
reports-count = { $count } reports
report-no-words = No words were added
report-open = Open
holder-me = Yours
holder-named = { $name } has it
holder-other = Another moderator has it
case-held-until = On hold until { $name }

## A report

report-title = Report
report-first-at = First reported { $name }
report-part-title = You are involved in this case
report-part-text = You can open it because nobody else can decide. To decide, say why in a note
report-col-reported = What was reported
report-col-known = Evidence and history
report-col-done = What to do
report-by = Reported by
report-by-somebody = You may not see who reported
person-not-shown = You may not see who this is
report-weight = weight { $count }%
snapshot-label = As it was when it was reported
snapshot-deleted = Was deleted
snapshot-hidden = You may not read the content
report-offender = Who it is about
report-received = { $count } of { $limit } reports about them approved
report-told = What the parties were told
context-open = Read around it
history-title = Sanctions
history-none = Never sanctioned
sanction-active = Active
sanction-mistaken = A mistake
sanction-lifted-at = Lifted { $name }
evidence-title = Evidence
evidence-none = None added yet
evidence-add = Add evidence
evidence-text = Description
evidence-links = Addresses
report-links-hint = One per line, 10 at most
notes-title = Internal notes
notes-text = Only moderators see them. The parties are never told
notes-none = No notes
notes-add = Add a note
case-waits = Nobody has it yet
case-lease-until = until { $name }
case-escalated-to = Handed up to: { $name }
case-take = Assign to me
case-release = Release
case-give = Assign to somebody
case-give-text = They are told at once
case-give-to = Who
case-hand-up = Hand up
case-hand-up-text = A higher role takes it over

## Decisions

decide-title = Decision
decide-approve = Approve
decide-reject = Dismiss
decide-hold = Put on hold
decide-hold-text = It stays with you while you look into it, then returns to the queue
decide-hold-until = Until
decide-hold-hint = Empty: three days
approve-report-title = Approve this report?
reject-report-title = Dismiss this report?
approve-no-measure = The account is gone: nothing is imposed
told-label = What the parties are told
told-hint = The reporters and the sanctioned person read exactly this. Do not say who reported
note-label = Internal note
note-hint = Only moderators see it
note-part-hint = Say why you decide a case that you are involved in

## Sanctions

sanction-warning = Warning
sanction-chat-ban = Chat ban
sanction-chat-ban-days =
    { $count ->
        [one] Chat ban, { $count } day
       *[other] Chat ban, { $count } days
    }
sanction-file-upload-ban = Upload ban
sanction-file-upload-ban-days =
    { $count ->
        [one] Upload ban, { $count } day
       *[other] Upload ban, { $count } days
    }
sanction-study-create-ban = Ban from founding studies
sanction-study-create-ban-days =
    { $count ->
        [one] Ban from founding studies, { $count } day
       *[other] Ban from founding studies, { $count } days
    }
sanction-restriction = Restriction
sanction-restriction-days =
    { $count ->
        [one] Restriction, { $count } day
       *[other] Restriction, { $count } days
    }
sanction-suspension = Suspension
sanction-suspension-days =
    { $count ->
        [one] Suspension, { $count } day
       *[other] Suspension, { $count } days
    }
sanction-permanent-ban = Permanent ban
measure-label = Measure
measure-recommended = Recommended
measure-length = Length
measure-length-hint = A warning has none; only a suspension can be for ever
length-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
length-for-ever = For ever
notify-label = Tell them by e-mail, too
notify-hint = In the app they are always told
ladder-title = Recommended measure
ladder-counted = So far
ladder-now = Now
ladder-next = The next time
ladder-next-is = The next time: { $name }
ladder-beyond = You may not impose the recommended measure. Hand the report up, or choose a measure that you may impose
strikes-warnings =
    { $count ->
        [one] { $count } warning
       *[other] { $count } warnings
    }
strikes-suspensions =
    { $count ->
        [one] { $count } suspension
       *[other] { $count } suspensions
    }
sanction-question = Sanction { $name }?
sanction-reason = Reason
sanction-reason-hint = The person reads exactly this
sanction-button = Impose
person-title = Person
person-open = See this person
person-bio = About themselves
person-account = Account
person-email = E-mail
person-id = Identifier
person-created = Joined
person-seen = Last signed in
person-never = Not yet
person-consent = Guardian’s consent
person-consent-missing = Not given yet
person-activity = Activity
person-studies =
    { $count ->
        [one] { $count } study
       *[other] { $count } studies
    }
person-messages =
    { $count ->
        [one] { $count } message
       *[other] { $count } messages
    }
person-received = Reports about them
person-made = Reports they made
person-made-none = They have not reported anything
person-explain = Check what they may do
person-admin = Administrator
user-active = In use
user-suspended = Suspended
user-deleted = Deleted
age-under-14 = Under 14
age-under-19 = 14 to 18
age-adult = 19 or older
unsuspend-title = Lift the suspension
unsuspend-question = Lift the suspension of { $name }?
unsuspend-text = Everything that suspends them ends at once. Other sanctions stay
unsuspend-action = Lift the suspension
quick-title = Quick actions
quick-other = Something else
lift-title = Lift this sanction?
lift-text = It ends at once. Others stay as they are
lift-action = Lift
lift-mistaken = It was a mistake
lift-mistaken-hint = It no longer counts for what is recommended next

## Appeals

appeal-title = Appeal
appeal-pending = Under review
appeal-upheld = Upheld
appeal-reduced = Reduced
appeal-overturned = Overturned
appeals-lead = The longest waiting first. What you imposed yourself is not shown
appeals-none-title = No appeals
appeals-none-text = When somebody appeals a sanction, it appears here
appeal-says = What they say
appeal-against = The sanction
appeal-report = See the report behind it
ruling-uphold = Uphold it
ruling-reduce = Reduce it
ruling-overturn = Overturn it
ruling-reduce-to = Reduce to
ruling-reduce-hint = Only used with “Reduce it”
ruling-words = Words about the decision
ruling-words-hint = The person who appealed and the one who imposed it both read this
ruling-button = Decide
ruling-by = Decided by: { $name }

## Reported messages

context-title = What was said around it
context-lead = The audit log records that you read this
context-reported = Reported
context-deleted = Deleted
remove-title = Remove the message
remove-text = A mark stays in its place
remove-reason-hint = Its author reads exactly this
remove-button = Remove

## Audit log

log-lead = All that administrators do. It cannot be deleted or changed
log-verify = Verify the log
log-sound = All { $count } entries are as they were written
log-erased = Personal values that were erased: { $count }
log-broken = The log was changed
log-none-title = No entries match
log-none-text = Try other filters
log-when = When
log-who = Who
log-action = Action
log-target = Target
log-details = Reason and values
log-target-id = Target’s identifier
log-admin-id = Administrator’s identifier
log-unreadable = Cannot be read
log-values = Values: { $count }

## Who may do what

explain-lead = May this person do that, and by which rule?
explain-permission = What
explain-role = In which role
explain-role-hint = For what happens in a study, choose the role in it
explain-user = Who (identifier)
explain-user-hint = If given, their active sanctions count, too
explain-button = Ask
explain-allowed = Allowed
explain-denied = Not allowed
explain-rule-allows = Allows
explain-rule-denies = Denies
explain-inherited = inherited from { $name }
explain-through = it is in { $name }
explain-no-rule = No rule allows it
explain-least = The lowest role that may: { $name }

## Reporting

report-action = Report
reporting-title = Report
reporting-lead = They never learn who reported
reporting-safety-title = Is somebody in danger?
reporting-safety-text = For threats or self-harm just press this. Moderators are told at once, no words needed
reporting-safety-button = Alert moderators now
reporting-type = What is wrong?
reporting-reason = Details
reporting-reason-hint = Tell us what happened
reporting-links = Addresses as evidence
reporting-button = Send report
own-reports-title = My reports
own-reports-lead = What became of what you reported
own-reports-none-title = You have not reported anything
own-reports-none-text = You can report from the menu of a message, a study or a member
report-answer = The moderators’ answer

## One's own restrictions

own-sanctions-lead = What was imposed, why, and until when
own-sanctions-none-title = No restrictions
own-sanctions-none-text = Keep enjoying your studies
own-sanction-from = From { $name }
own-sanction-until = Until { $name }
own-sanction-for-ever = It has no end
appeal-action = Appeal
appeal-until = You can appeal once, until { $name }. Somebody other than the person who imposed it decides
appeal-text = What you want to say
appeal-text-hint = Say why you think it is wrong, in up to 2,000 characters
appeal-button = Send appeal

## Pausing somebody's posting

pause-action = Pause posting
pause-question = Stop { $name } from posting for a while?
pause-text = Only in this study, they cannot post for a while. It is no sanction, and they are told
pause-until = Paused until { $name }
pause-length = For how long
pause-days =
    { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
pause-button = Pause
pause-end = Let them post again
member-paused = Posting paused
problem-sanctions = Why, and how to appeal

## What was just done

flash-case-taken = The report is yours
flash-case-given = The report was assigned
flash-case-released = The report is back in the queue
flash-case-handed-up = The report was handed up
flash-case-approved = Approved. The parties were told
flash-case-rejected = Dismissed. The reporters were told
flash-case-held = The report is on hold
flash-case-added = Added
flash-sanctioned = Imposed. The person was told
flash-lifted = The sanction was lifted
flash-unsuspended = The suspension is lifted. The person was told
flash-appeal-decided = The appeal was decided
flash-appealed = Appeal sent. You will be told the decision
flash-reported = Reported. You will be told what becomes of it
flash-paused = Posting is paused
flash-pause-ended = They can post again
