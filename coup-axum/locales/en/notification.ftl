## Notifications

nav-notifications = Notifications
notifications-count =
    { $count ->
        [one] { $count } unread notification
       *[other] { $count } unread notifications
    }
notifications-title = Notifications
notifications-lead = What happened to you: requests to join, reports, sanctions
notifications-show = Which notifications to show
notifications-all = All
notifications-unread = Unread
notifications-read-all = Mark all as read
notifications-see-all = Show all
notifications-none-title = No notifications yet
notifications-none-text = When there is something to tell you, such as an approved request or a decided report, it is kept here
notifications-none-unread-title = You have read everything
notifications-none-unread-text = When something new comes, the bell above shows a number
notifications-end-title = Nothing more here
notifications-end-text = Go back to the beginning to see what is new

notification-unread = Unread
notification-read = Mark as read
notification-delete-action = Delete
notification-delete-question = Delete this notification?
notification-delete-point = Only the notification goes. What it tells of stays as it is

told-join-requested = { $name } asks to join
told-join-approved = Your request to join was approved
told-join-rejected = Your request to join was declined
told-kicked = You were removed from the study
told-role-owner = You are the owner of this study now
told-role-admin = You are an admin of this study now
told-role-member = You are a member of this study now
told-posting-paused = You cannot post until { $name }
told-posting-goes-on = You can post again
told-message-removed = A moderator deleted your message
told-report-resolved = Your report was approved: { $name }
told-report-rejected = Your report was dismissed: { $name }
told-report-assigned = You were given a report to decide
told-report-urgent = An urgent report came in: please look at it now
told-report-escalated = A report that waited for long was handed up to you
told-sanction-imposed = You were sanctioned: { $name }
told-sanction-lifted = A sanction was lifted: { $name }
told-sanction-reduced = A sanction was reduced: { $name }
told-sanction-ended = A sanction has ended: { $name }
told-appeal-made = Somebody appealed: { $name }
told-appeal-upheld = Your appeal was looked at, and the sanction stays
told-appeal-reduced = Your appeal was heard: the sanction was reduced
told-appeal-overturned = Your appeal was heard: the sanction was overturned
told-review-upheld = An appeal against your sanction was decided: it stays
told-review-reduced = An appeal against your sanction was decided: it was reduced
told-review-overturned = An appeal against your sanction was decided: it was overturned

member-reason = Why (they are shown this)

flash-notifications-read = Marked all as read
flash-notification-deleted = Deleted the notification
