brand = CoUp
skip = Skip to content
foot-words = Where people study together
person-gone = Deleted user

## Navigation

nav-main = Main
nav-bottom = Bottom bar
nav-study = Study
nav-studies = Find studies
nav-my-studies = My studies
nav-me = Profile
nav-sign-in = Sign in
nav-sign-out = Sign out
nav-home = Study home
nav-home-short = Home
nav-chat = Chat
nav-members = Members
nav-requests = Requests
nav-settings = Settings
search-label = Search studies
search-placeholder = Name or description
menu-label = Menu and display settings
theme-label = Theme
theme-system = Auto
theme-light = Light
theme-dark = Dark
language-label = Language
unread-count =
    { $count ->
        [one] { $count } unread message
       *[other] { $count } unread messages
    }
requests-count =
    { $count ->
        [one] { $count } request waiting
       *[other] { $count } requests waiting
    }

## Actions

action-save = Save
action-cancel = Cancel
action-close = Close

## Forms

form-optional = (optional)
form-errors =
    { $count ->
        [1] Please check this
       *[other] Please check these { $count } things
    }
error-prefix = Error:

## Pages of a list

pages-label = Pages
pages-first = First page
pages-next = Next

## Dates and times

date =
    { $month ->
        [1] Jan
        [2] Feb
        [3] Mar
        [4] Apr
        [5] May
        [6] Jun
        [7] Jul
        [8] Aug
        [9] Sep
        [10] Oct
        [11] Nov
       *[12] Dec
    } { $day }, { $year }
date-with-weekday =
    { $weekday ->
        [1] Monday
        [2] Tuesday
        [3] Wednesday
        [4] Thursday
        [5] Friday
        [6] Saturday
       *[7] Sunday
    }, { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $day }, { $year }
time =
    { $hour }:{ $minute } { $half ->
        [am] AM
       *[pm] PM
    }
date-and-time = { $date }, { $time }
ago-now = just now
ago-minutes =
    { $count ->
        [one] { $count } minute ago
       *[other] { $count } minutes ago
    }
ago-hours =
    { $count ->
        [one] { $count } hour ago
       *[other] { $count } hours ago
    }
ago-days =
    { $count ->
        [one] { $count } day ago
       *[other] { $count } days ago
    }
form-sent-already = You sent this form before with other words, and that was done. If you mean to do it again, check and send once more
left-now = ending now
left-minutes =
    { $count ->
        [one] { $count } minute left
       *[other] { $count } minutes left
    }
left-hours =
    { $count ->
        [one] { $count } hour left
       *[other] { $count } hours left
    }
left-days =
    { $count ->
        [one] { $count } day left
       *[other] { $count } days left
    }

## What was just done

flash-saved = Saved
flash-password-changed = Password changed. All other devices were signed out
flash-second-factor-off = Two-step sign-in is off
flash-password-reset = Your new password is set. Sign in with it
flash-session-ended = Signed out there
flash-signed-out-everywhere = Signed out on all devices
flash-account-deleted = Your account was deleted. Thank you for having been here
flash-confirmed = Confirmed. Press the button once more
flash-founded = Your study is ready. Now invite people to it
flash-joined = You joined the study. Welcome!
flash-asked = Request sent. You can enter once it is approved
flash-withdrawn = Request withdrawn
flash-left = You left the study
flash-approved = Request approved
flash-rejected = Request turned down
flash-appointed = Made an admin
flash-dismissed = No longer an admin
flash-kicked = Removed from the study
flash-reinstated = They may join again
flash-transferred = The study has a new owner
flash-invited = Invite link created
flash-revoked = Invite link revoked
flash-rotated = The standing link was replaced
flash-closed = Study closed
flash-reopened = Study reopened
flash-deleted = Study deleted
flash-message-deleted = Message deleted
flash-picture-set = Your picture is changed
flash-picture-removed = Your picture is removed
flash-identity-linked = Connected
flash-identity-unlinked = Disconnected
flash-signed-out = You are signed out

## When an open study may not be seen any more

cut-kicked-title = You were removed from this study
cut-kicked-text = Its owner or an admin removed you. You can no longer see what is said here
cut-left-title = You have left this study
cut-left-text = You can no longer see what is said here
cut-deleted-title = This study was deleted
cut-deleted-text = What was said in it is deleted, too
cut-sanctioned-title = Your account is restricted
cut-sanctioned-text = A moderator restricted it for breaking the rules. You can appeal
cut-reason = Why:
cut-until = Until
cut-sanctioned-link = See the reason, and appeal
