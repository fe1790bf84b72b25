## States

state-recruiting = Recruiting
state-full = Full
state-not-recruiting = Not recruiting
state-closed = Closed

## Categories

category-programming = Programming
category-language = Languages
category-certificate = Certificates
category-exam = Exams
category-reading = Reading
category-science = Maths and science
category-arts = Arts
category-career = Career
category-etc = Other

## Levels

level-beginner = Beginner
level-intermediate = Some experience
level-advanced = Advanced

## A study

study-name = Study name
study-name-example = Rust on Monday evenings
study-emoji = Emoji
study-description = Description
study-description-hint = What you study, when, and how
study-category = Category
study-sub-category = Sub-category
study-sub-category-example = For example, TOEIC
study-tags = Tags
study-tags-hint = Separate them with commas. For example: rust, beginners
study-members = Members
study-capacity = Seats
study-capacity-hint = Counting the owner
study-time-zone = Time zone
study-time-zone-hint = Dates and times are shown in it
study-auto-approve = Anyone who asks is in at once
study-auto-approve-hint = Otherwise the owner or an admin approves each request
study-recruiting = Recruit members
study-recruiting-hint = While not recruiting, people come in by invite link only
study-public = Make it public
study-public-hint = A private study is not listed, and only invited people see it
study-private = Private
study-rating = Rating
study-reviews =
    { $count ->
        [one] { $count } review
       *[other] { $count } reviews
    }
study-about = About
study-entry = Joining
study-entry-at-once = At once
study-entry-asked = On approval
study-created = Founded
study-what = What is it about?
study-how = How do people come together?
study-new = Start a study
study-new-lead = You can change all of this later
study-new-button = Start the study

## Browsing

browse-title = Find studies
browse-lead = Find people who study what you study
browse-none-title = No study matches
browse-none-text = Try fewer words or remove some filters
browse-empty-title = No studies yet
browse-empty-text = A study is a small circle that learns and talks together. Start the first one
filter-label = Filter studies
filter-query = Search for
filter-recruiting = Recruiting
filter-any = Any
filter-more = More filters
filter-tag = Tag
filter-min-members = Members, at least
filter-max-members = Members, at most
filter-min-rating = Rating, at least
filter-stars = { $count } and up
filter-apply = Search
filter-clear = Clear filters
filter-remove = remove filter
chip-min-members = At least { $name } members
chip-max-members = At most { $name } members
chip-min-rating = Rated { $name } or more
sort-label = Sort
sort-created = Newest
sort-members = Most members
sort-rating = Best rated

## Joining

join-title = Join
join-introduction = About you
join-introduction-example = What you have studied so far
join-motivation = Why you want to join
join-motivation-example = What you hope to get out of it
join-level = Your level
join-level-none = Not said
join-at-once-text = You are in at once, without approval
join-at-once-button = Join
join-asked-text = You can enter once the owner or an admin approves
join-asked-button = Ask to join
join-pending-title = Waiting for approval
join-pending-text = You asked on { $name }
join-withdraw = Withdraw request
join-member = You are a member
join-enter = Go to the study
join-full-title = All seats are taken
join-full-text = You can join when a seat is free
join-not-recruiting-title = Not recruiting at the moment
join-not-recruiting-text = You can enter with an invite link
join-closed-title = This study is closed
join-closed-text = Nobody can join any more
join-kicked-title = You cannot join this study
join-kicked-text = You were removed from it. You can join again if the owner or an admin allows it
join-rejected-title = Your request was turned down
join-rejected-text = You can ask again from { $name }

## Invites

invite-title = An invite to a study
invite-from = { $name } invited you
invite-text = With this invite you are in at once, without approval.
invite-expires = It is good until { $name }.
invite-button = Accept and join
invite-refused-title = This invite does not work
invite-refused-text = It may have expired, been used up, or been replaced. Ask whoever invited you for a new link

## Home

home-talk = Talk
home-talk-link = Open chat
home-talk-empty = Nothing has been said yet. Say hello first
home-unread =
    { $count ->
        [one] { $count } unread message
       *[other] { $count } unread messages
    }
home-all-read = You have read everything
home-requests =
    { $count ->
        [one] { $count } person asks to join
       *[other] { $count } people ask to join
    }
home-requests-link = See requests
home-members-link = See all members
home-facts = About the study
home-closed-title = This study is closed
home-closed-text = You can read everything, but nothing new can be written

## Leaving

leave-button = Leave study

## Settings

settings-reach = Recruiting and visibility
settings-recruiting-on = Recruiting members
settings-recruiting-off = Not recruiting
settings-recruiting-stop = Stop recruiting
settings-recruiting-start = Start recruiting
settings-public = Public study
settings-private = Private study
settings-public-text = Anyone can find and see it
settings-private-text = It is not listed, and only invited people can join
settings-make-private = Make private
settings-make-public = Make public
settings-closed-text = Reopen it to change its settings
settings-end = Ending the study
close-title = Close study
close-hint = Nothing new can be written. Members can still read, and you can reopen it
reopen-title = Reopen study
reopen-hint = Members can write and talk again
delete-title = Delete study
delete-hint = Nobody can see it any more. This cannot be undone

## My studies

mine-empty-title = You are in no study yet
mine-empty-text = Studies you join stand here, with what is new in them
mine-members =
    { $count ->
        [one] { $count } member
       *[other] { $count } members
    }
mine-asked = Waiting for approval
mine-asked-at = asked on { $name }

## Questions

withdraw-title = Withdraw your request?
withdraw-text = Your request to join “{ $name }” goes away. You can ask again later
leave-title = Leave the study?
leave-text = When you leave “{ $name }”:
leave-point-chat = You no longer see its chat and members
leave-point-again = You may join again later
close-question = Close the study?
close-text = When “{ $name }” is closed:
close-point-read = Members can read, but not write
close-point-join = Nobody can join
close-point-again = You can reopen it at any time
delete-question = Delete the study?
delete-text = When “{ $name }” is deleted:
delete-point-gone = No member can see it any more
delete-point-final = This cannot be undone
