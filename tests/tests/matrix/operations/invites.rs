//! The standing code and further invites.

use super::{Case, invite, is_active, is_kicked, study};

const NESTED: &str = "nested pairs are checked: another study's thing under this study is not there (requirements § 2)";

pub(super) fn cases() -> Vec<Case> {
    let revoke = |of| {
        study("revokeInvite", &["study:study.invite"])
            .although("the specification does not say; a way in is taken away")
            .of(of)
            .gives(204)
    };
    let join = |of| {
        invite("joinByInvite", &["system:study.join"])
            .of(of)
            .rule(is_active, (409, "already_member"), "409 state (requirements): one is a member already")
            .rule(is_kicked, (409, "kicked"), "KICKED never joins, by no way (permissions § Flow of a check)")
            .writes()
            .gives(201)
    };
    vec![
        study("listInvites", &["study:study.invite"]),
        study("createInvite", &["study:study.invite"]).gives(201).writes(),
        revoke("of this study").with("code", |_, place| place.invite.clone()),
        revoke("of another study")
            .refuses((404, "not_found"), NESTED)
            .with("code", |scene, place| scene.elsewhere(place).invite.clone()),
        study("rotateInviteCode", &["study:study.invite"]).writes(),
        invite("previewInvite", &["system:study.browse"]).with("code", |_, place| place.standing_code.clone()),
        join("by the standing code").with("code", |_, place| place.standing_code.clone()),
        join("by a further invite").with("code", |_, place| place.invite.clone()),
    ]
}
