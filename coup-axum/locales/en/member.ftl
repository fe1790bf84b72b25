## Roles

role-owner = Owner
role-admin = Admin
role-member = Member

## Members

members-tab = Members
member-role = Role
member-joined = Joined
member-me = You
member-actions = Actions
member-manage = Manage
members-alone-title = You are alone here
members-alone-text = Send friends an invite link, and they are in at once
members-alone-action = Invite people
appoint-action = Make admin
dismiss-action = Remove as admin
transfer-action = Hand over ownership
kick-action = Remove from study

## Requests

requests-asked = asked { $name }
requests-no-words = They left no words
requests-full-title = All seats are taken
requests-full-text = Raise the number of seats, or wait for a free one, to approve
requests-empty-title = No requests waiting
requests-empty-text = When somebody asks to join, you decide here
approve-action = Approve
reject-action = Turn down

## Removed people

kicked-title = Removed
kicked-text = These people cannot come back in any way, unless you allow it
kicked-empty-title = Nobody was removed
kicked-empty-text = People who were removed can be let join again here
reinstate-action = Allow to join again

## Invites

invites-title = Invites
invites-standing-title = Standing link
invites-standing-text = Whoever has this link is in at once, without approval
invites-copy = Copy
invites-copied = Link copied
invites-new-title = New invite link
invites-new-text = With an end or a limit, it stops working by itself
invites-expiry = Good for
invites-expires-day = 1 day
invites-expires-week = 7 days
invites-expires-month = 30 days
invites-expires-never = Ever
invites-max-uses = Uses, at most
invites-no-limit = No limit
invites-new-button = Create link
invites-list = Invite links
invites-empty = No invite links of their own yet
invites-link = Invite link
invites-until = Until { $name }
invites-for-ever = No end
invites-used =
    { $count ->
        [one] Used once
       *[other] Used { $count } times
    }
invites-used-of = Used { $count } of { $limit } times
invites-by = by { $name }
invites-over = Not usable any more
rotate-action = Replace link
revoke-action = Revoke

## Questions

reject-question = Turn down { $name }?
reject-text = They can ask again after 24 hours
appoint-question = Make { $name } an admin?
appoint-text = An admin can:
appoint-point-members = Approve requests, invite and remove members
appoint-point-study = Change the study and whether it recruits
appoint-point-chat = Delete other people’s messages
dismiss-question = Remove { $name } as admin?
dismiss-text = They become a member like the others
transfer-question = Hand the study over to { $name }?
transfer-text = A study has one owner, so:
transfer-point-rights = What only the owner can do, only they can do now
transfer-point-back = You get it back only if they hand it back
kick-question = Remove { $name } from the study?
kick-text = When they are removed:
kick-point-chat = They lose the chat and the study at once
kick-point-again = They cannot come back, not even by invite, until you allow it
rotate-question = Replace the standing link?
rotate-text = The present link stops working at once. People who came in by it stay
revoke-question = Revoke the invite link?
revoke-text = Nobody can come in by it any more. People who did stay
