//! Sample pages of the second factor.

use coup_axum::pages::{
    Confirm, ConfirmPage, Form, Frame, Guard, Place,
    second_factor::{CodePage, Picture, RecoveryCodesPage, SecondFactorPage, SetUpPage},
    user::ProofPage,
};

use super::{days_ago, signed_in};

pub(super) fn code(frame: Frame, wrong: bool) -> CodePage {
    let words = frame.t("code-lead");
    let form = if wrong { Form::default().with_error("code", words) } else { Form::default() };
    CodePage { frame, form, next: String::new() }
}

pub(super) fn proof(frame: Frame) -> ProofPage {
    ProofPage { frame: signed_in(frame), form: Form::default(), next: String::new(), by_code: true }
}

/// Of somebody who has one, or of an administrator who has none yet.
pub(super) fn state(frame: Frame, is_on: bool) -> SecondFactorPage {
    let mut frame = Frame { place: Place::Me, ..signed_in(frame) };
    frame.guard = if is_on { Guard::Fine } else { Guard::Missing };
    let on_since = is_on.then(|| days_ago(20));
    SecondFactorPage { frame, on_since, codes_left: if is_on { 7 } else { 0 }, is_required: !is_on, trouble: None }
}

#[expect(clippy::unwrap_used, reason = "the address is short enough for any QR code")]
pub(super) fn set_up(frame: Frame) -> SetUpPage {
    let address = "otpauth://totp/CoUp:minjun%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=CoUp";
    SetUpPage {
        frame: Frame { place: Place::Me, ..signed_in(frame) },
        form: Form::default(),
        picture: Picture::of(address).unwrap(),
        secret: "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ".to_owned(),
        address: address.to_owned(),
    }
}

pub(super) fn codes(frame: Frame) -> RecoveryCodesPage {
    let codes = (0..10).map(|number| format!("7K3M-9QXZ-04H{number}")).collect();
    RecoveryCodesPage { frame: Frame { place: Place::Me, ..signed_in(frame) }, codes, turned_on: true }
}

pub(super) fn off(frame: Frame) -> ConfirmPage {
    let frame = Frame { place: Place::Me, ..signed_in(frame) };
    ConfirmPage { confirm: Confirm::second_factor_off(&frame), frame }
}
