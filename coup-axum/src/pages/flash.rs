//! The word of what was just done, carried over the redirect after a form as a code in a cookie, never as text.

use super::text::Key;

macro_rules! flashes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $key:literal;)*) => {
        /// What was just done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Flash { $($(#[$doc])* $name,)* }

        impl Flash {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code for the cookie.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The words.
            pub fn label(self) -> Key {
                match self { $(Self::$name => Key($key),)* }
            }
        }
    };
}

flashes! {
    /// Changes were saved.
    Saved = "saved", "flash-saved";
    /// The password is another one.
    PasswordChanged = "password-changed", "flash-password-changed";
    /// The password is another one, chosen by a letter's code.
    PasswordReset = "password-reset", "flash-password-reset";
    /// The second factor is not asked for any more.
    SecondFactorOff = "second-factor-off", "flash-second-factor-off";
    /// One of one's sessions has ended.
    SessionEnded = "session-ended", "flash-session-ended";
    /// All of one's sessions have ended.
    SignedOutEverywhere = "signed-out-everywhere", "flash-signed-out-everywhere";
    /// The reader's account is deleted.
    AccountDeleted = "account-deleted", "flash-account-deleted";
    /// The reader has shown who they are.
    Confirmed = "confirmed", "flash-confirmed";
    /// A study was founded.
    Founded = "founded", "flash-founded";
    /// The reader joined a study.
    Joined = "joined", "flash-joined";
    /// The reader asked to join.
    Asked = "asked", "flash-asked";
    /// The reader withdrew their request.
    Withdrawn = "withdrawn", "flash-withdrawn";
    /// The reader left a study.
    Left = "left", "flash-left";
    /// A request was approved.
    Approved = "approved", "flash-approved";
    /// A request was rejected.
    Rejected = "rejected", "flash-rejected";
    /// A member became ADMIN.
    Appointed = "appointed", "flash-appointed";
    /// An ADMIN became a member again.
    Dismissed = "dismissed", "flash-dismissed";
    /// A member was kicked.
    Kicked = "kicked", "flash-kicked";
    /// A kicked person may join again.
    Reinstated = "reinstated", "flash-reinstated";
    /// The study has another OWNER.
    Transferred = "transferred", "flash-transferred";
    /// An invite was made.
    Invited = "invited", "flash-invited";
    /// An invite was revoked.
    Revoked = "revoked", "flash-revoked";
    /// The standing code is another.
    Rotated = "rotated", "flash-rotated";
    /// A study was closed.
    Closed = "closed", "flash-closed";
    /// A study was reopened.
    Reopened = "reopened", "flash-reopened";
    /// A study was deleted.
    Deleted = "deleted", "flash-deleted";
    /// A message was deleted.
    MessageDeleted = "message-deleted", "flash-message-deleted";
    /// The reader took a case.
    CaseTaken = "case-taken", "flash-case-taken";
    /// A case was given to somebody.
    CaseGiven = "case-given", "flash-case-given";
    /// A case was given back to the queue.
    CaseReleased = "case-released", "flash-case-released";
    /// A case was handed up.
    CaseHandedUp = "case-handed-up", "flash-case-handed-up";
    /// A case was approved.
    CaseApproved = "case-approved", "flash-case-approved";
    /// A case was dismissed.
    CaseRejected = "case-rejected", "flash-case-rejected";
    /// A case is held for investigation.
    CaseHeld = "case-held", "flash-case-held";
    /// A note or evidence was added to a case.
    CaseAdded = "case-added", "flash-case-added";
    /// Somebody was sanctioned.
    Sanctioned = "sanctioned", "flash-sanctioned";
    /// A sanction was lifted.
    Lifted = "lifted", "flash-lifted";
    /// Somebody is suspended no longer.
    Unsuspended = "unsuspended", "flash-unsuspended";
    /// An appeal was decided.
    AppealDecided = "appeal-decided", "flash-appeal-decided";
    /// The reader appealed.
    Appealed = "appealed", "flash-appealed";
    /// The reader reported something.
    Reported = "reported", "flash-reported";
    /// A member's posting was paused.
    Paused = "paused", "flash-paused";
    /// A member may post again.
    PauseEnded = "pause-ended", "flash-pause-ended";
    /// All notifications were marked as read.
    NotificationsRead = "notifications-read", "flash-notifications-read";
    /// A notification was deleted.
    NotificationDeleted = "notification-deleted", "flash-notification-deleted";
    /// Another picture of the reader is shown.
    PictureSet = "picture-set", "flash-picture-set";
    /// The reader's picture was taken away.
    PictureRemoved = "picture-removed", "flash-picture-removed";
    /// An identity elsewhere was linked.
    IdentityLinked = "identity-linked", "flash-identity-linked";
    /// An identity elsewhere was unlinked.
    IdentityUnlinked = "identity-unlinked", "flash-identity-unlinked";
    /// The reader signed out.
    SignedOut = "signed-out", "flash-signed-out";
}

impl Flash {
    /// The one with this code; `None` for anything else that stands in the cookie.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|flash| flash.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_flash() {
        for flash in Flash::ALL {
            assert_eq!(Flash::of_code(flash.code()), Some(*flash));
        }
        assert_eq!(Flash::of_code("<b>"), None);
    }
}
