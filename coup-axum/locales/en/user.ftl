## Signing in

sign-in-title = Sign in
sign-in-lead = Good to see you again
sign-in-button = Sign in
sign-in-new = New here?

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

## Profile

me-profile = Profile
me-since = joined { $name }
me-bio-hint = What you study, what interests you
me-sign-out-text = On a shared computer, always sign out
