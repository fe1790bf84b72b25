## Signing in

sign-in-title = Sign in
sign-in-lead = Good to see you again
sign-in-button = Sign in
sign-in-new = New here?

## Signing up

sign-up-title = Create an account
sign-up-lead = Meet people to study with
sign-up-button = Create account
sign-up-old = Already have an account?
sign-up-name-hint = Other people in your studies see this name
sign-up-password-hint = At least { $count } characters. A few words you can remember work well
user-name = Name
user-email = Email
user-password = Password
user-bio = About you

## Signing in with other services

ways-or = or
ways-with = Continue with { $name }
identities-title = Connected accounts
identities-text = Sign in with a service once it is connected
identity-none = Not connected
identity-since = connected { $name }
identity-link = Connect
identity-unlink = Disconnect
identity-unlink-question = Disconnect { $name }?
identity-unlink-text = You can no longer sign in to this account with { $name }. You can connect it again later
identity-going = On to { $name }
identity-going-text = You are led there in a moment. If not, press the button
identity-go = Go to { $name }

## Profile

me-profile = Profile
me-since = joined { $name }
me-bio-hint = What you study, what interests you
me-sign-out-text = On a shared computer, always sign out
