## Signing in

sign-in-title = Sign in
sign-in-lead = Good to see you again
sign-in-button = Sign in
sign-in-new = New here?
sign-in-forgotten = Forgotten your password?
sign-in-waiting = Still have a sign-up code from a letter?


## Signing up

sign-up-title = Create an account
sign-up-lead = Meet people to study with
sign-up-closed = No new accounts are taken at the moment. If you have one, please sign in
sign-up-button = Create account
sign-up-old = Already have an account?
sign-up-name-hint = Other people in your studies see this name
sign-up-password-hint = At least { $count } characters. A few words you can remember work well
user-name = Name
user-email = Email
user-password = Password
user-bio = About you
user-code = Code
user-code-hint = The 12 characters from the letter. Case and hyphens do not matter
user-new-password = New password
user-current-password = Current password

## Verifying by letter

verify-title = Look into your mail
verify-lead = Type the code from the letter to complete your sign-up
verify-sent = We sent a letter to { $name }. If it has not come after a few minutes, look among the spam, too.
verify-password-hint = The one that you chose when you signed up
verify-button = Complete sign-up
verify-again = No letter?
verify-short = Enter the code

## A new password

reset-title = Choose a new password
reset-lead = We send a code to the email address of your account
reset-button = Send me a code
reset-confirm-title = Choose a new password
reset-confirm-lead = Type the code from the letter, and a new password
reset-sent = If there is an account for { $name }, we sent it a letter. If it has not come after a few minutes, look among the spam, too.
reset-confirm-button = Set password
reset-confirm-text = This signs you out on all devices

## Confirming again

confirm-title = Confirm that it is you
confirm-lead = This is a sensitive step, so please type your password once more
confirm-lead-code = This is a sensitive step, so please type a code once more
confirm-button = Confirm


## Picture

picture-title = Profile picture
picture-lead = It is shown beside your name. It is cut to a square from its middle and made small; where and with what it was taken is not kept
picture-now = This is your picture now
picture-none = You have no picture yet: the first letter of your name is shown
picture-file = Picture file
picture-hint = JPEG, PNG or WebP, at most 10 MB
picture-button = Change the picture
picture-remove = Remove the picture
picture-open = Change

## Two-step sign-in

code-title = Enter your code
code-lead = Type the six digits that your authenticator app shows
code-lost = Neither your phone nor a recovery code? Tell an administrator.
code-again = Start signing in again
factor-title = Two-step sign-in
factor-text = Signing in asks for a code of your phone, too. Who gets hold of your password cannot sign in with it
factor-on = On
factor-open = Manage
factor-is-on = Two-step sign-in is on
factor-is-off = Two-step sign-in is off
factor-since = turned on { $name }
factor-required = Administrators keep it on
factor-need = You need an authenticator app on your phone, such as Google Authenticator.
factor-set-up = Set it up
factor-off = Turn two-step sign-in off
factor-off-button = Turn off
factor-off-question = Turn two-step sign-in off?
factor-off-text = The password alone signs you in then. The recovery codes that are left are worth nothing any more
factor-code = Code
factor-code-hint = The six digits that your authenticator app shows
factor-recovery = Recovery code
factor-recovery-hint = Twelve signs that you kept when you turned two-step sign-in on. Each works once
factor-recovery-open = No phone at hand?
set-up-title = Set up two-step sign-in
set-up-scan = 1. Scan this with your app
set-up-scan-text = In the authenticator app on your phone, add an account and scan this picture
set-up-picture = QR code for an authenticator app. If you cannot scan it, type the key below
set-up-type = If you cannot scan it, type this key
set-up-type-text = The codes are time-based. Show this key to nobody
set-up-here = Open in the authenticator app of this device
set-up-confirm = 2. Type the code that the app shows
set-up-code-hint = Six digits that change every 30 seconds
set-up-text = Turning it on signs you out on all other devices
set-up-button = Turn two-step sign-in on
codes-title = Recovery codes
codes-turned-on = Two-step sign-in is on
codes-keep = They take the place of a code if you lose your phone. Each works once
codes-once = They are shown this once. Write them down or save them in a safe place before you leave this page.
codes-count = { $count ->
    [one] One recovery code
   *[other] { $count } recovery codes
}
codes-copy = Copy
codes-copied = Recovery codes copied
codes-print = You can print this page, too
codes-kept = I have kept them
codes-left = { $count ->
    [one] One is left.
   *[other] { $count } are left.
}
codes-text = Fresh ones take the place of those that you have
codes-new = Make fresh ones
guard-missing = Turn on two-step sign-in to do what administrators do.
guard-set-up = Set up two-step sign-in
guard-off = Administrators are not asked for two-step sign-in. Where this is not a demo, turn it on in the settings.

## Signing in with other services

ways-or = or
ways-with = Continue with { $name }
identities-title = Connected accounts
identities-text = Sign in with a service once it is connected
identities-open = Manage
identities-empty = This site has no sign-in with other services
identity-none = Not connected
identity-since = connected { $name }
identity-link = Connect
identity-unlink = Disconnect
identity-unlink-question = Disconnect { $name }?
identity-unlink-text = You can no longer sign in to this account with { $name }. You can connect it again later
identity-going = On to { $name }
identity-going-text = You are led there in a moment. If not, press the button
identity-go = Go to { $name }

## Taking one's data along, and deleting the account

account-title = Your data and your account
account-text = Download your data, or delete your account
account-open = Open
account-export = Download your data
account-export-text = Your profile, studies, messages, reports and notifications in one file. Other people's names and words are not in it
account-export-button = Download
account-delete = Delete your account
account-delete-text = This cannot be undone. What happens
account-delete-erased = Your name, email address, introduction and all other personal data are erased at once
account-delete-left = You leave all studies and are signed out on all devices
account-delete-stays = Your messages stay under “Deleted user”
account-delete-first = If you need your data, download it first
account-delete-owned = You still own studies. Hand them over or close them, then you can delete your account
account-delete-barred = You cannot delete your account while it is suspended
account-delete-sure = I know that this cannot be undone
account-delete-button = Delete account

## Profile

me-profile = Profile
me-since = joined { $name }
me-password = Password
me-password-text = Changing it signs you out on all other devices
me-password-button = Change password
me-sessions = Where you are signed in
me-sessions-text = If you do not know one of them, sign it out and change your password
me-sessions-empty = You are signed in nowhere
me-session-current = This device
me-session-seen = last used { $name }
me-session-since = signed in { $name }
me-session-unknown = Unknown program
me-session-end = Sign out
me-sign-out-everywhere = Sign out on all devices
me-sign-out-everywhere-text = On this one, too
me-bio-hint = What you study, what interests you
me-sign-out-text = On a shared computer, always sign out
