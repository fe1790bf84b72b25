//! The words of every problem and of every wrong field, in both languages, in one table.

use coup_core::env::Timestamp;

use super::{Language, Problem};

/// A host's own words.
///
/// Keys are `problem.<code>.title`, `problem.<code>.detail` and `field.<code>`; a refusal by a sanction has the detail
/// `problem.forbidden.sanction`. In the answer `{permission}`, `{sanction}`, `{until}`, `{wait}` and `{bound}` are filled in.
pub trait Wording: Send + Sync + 'static {
    /// The host's words for a key; `None` for CoUp's.
    fn say(&self, key: &str, language: Language) -> Option<String>;
}

/// Says things in one language.
pub(super) struct Said<'a> {
    pub(super) language: Language,
    pub(super) wording: Option<&'a dyn Wording>,
}

impl Said<'_> {
    pub(super) fn title(&self, problem: &Problem) -> String {
        self.say(&format!("problem.{}.title", problem.code), || {
            find(PROBLEMS, problem.code).map(|words| self.pick(&words.title))
        })
    }

    pub(super) fn detail(&self, problem: &Problem) -> String {
        if let Some(words) = &problem.words {
            return words.to_string();
        }
        let text = match problem.sanction {
            Some((_, until)) => {
                let (part, words) =
                    if until.is_some() { ("sanction", SANCTIONED) } else { ("sanction_for_ever", SANCTIONED_FOR_EVER) };
                self.say(&format!("problem.{}.{part}", problem.code), || Some(self.pick(&words)))
            }
            None => self.say(&format!("problem.{}.detail", problem.code), || {
                find(PROBLEMS, problem.code).map(|words| self.pick(&words.detail))
            }),
        };
        let permission = problem.permission.map(|permission| match self.language {
            Language::Ko => permission.label_ko().to_owned(),
            Language::En => permission.label_en().to_owned(),
        });
        let sanction = problem.sanction.map(|(restraint, _)| match self.language {
            Language::Ko => restraint.label_ko().to_owned(),
            Language::En => restraint.name().to_lowercase().replace('_', " "),
        });
        let until = problem.sanction.and_then(|(_, until)| until).map(instant);
        let wait = problem.retry_after.map(|seconds| self.wait(seconds.get()));
        fill(text, [("{permission}", permission), ("{sanction}", sanction), ("{until}", until), ("{wait}", wait)])
    }

    pub(super) fn field(&self, error: &coup_core::error::FieldError) -> String {
        let text = self.say(&format!("field.{}", error.code), || {
            FIELDS.iter().find(|(code, ..)| *code == error.code).map(|(_, ko, en)| self.pick(&[ko, en]))
        });
        fill(text, [("{bound}", error.bound.map(|bound| bound.to_string()))])
    }

    /// How long to wait, in the one unit that says it best, rounded up.
    fn wait(&self, seconds: u32) -> String {
        let (number, ko, en) = match seconds {
            0..60 => (seconds, "초", "second"),
            60..5_400 => (seconds.div_ceil(60), "분", "minute"),
            _ => (seconds.div_ceil(3_600), "시간", "hour"),
        };
        match self.language {
            Language::Ko => format!("{number}{ko}"),
            Language::En => format!("{number} {en}{}", if number == 1 { "" } else { "s" }),
        }
    }

    fn pick<'t>(&self, words: &[&'t str; 2]) -> &'t str {
        let [ko, en] = words;
        match self.language {
            Language::Ko => ko,
            Language::En => en,
        }
    }

    fn say<'t>(&self, key: &str, own: impl FnOnce() -> Option<&'t str>) -> String {
        let host = self.wording.and_then(|wording| wording.say(key, self.language));
        host.or_else(|| own().map(str::to_owned)).unwrap_or_else(|| key.to_owned())
    }
}

fn fill<const N: usize>(text: String, values: [(&str, Option<String>); N]) -> String {
    values.into_iter().fold(text, |text, (name, value)| match value {
        Some(value) => text.replace(name, &value),
        None => text,
    })
}

fn instant(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Title and detail of a problem, Korean then English.
struct Words {
    code: &'static str,
    title: [&'static str; 2],
    detail: [&'static str; 2],
}

fn find(table: &'static [Words], code: &str) -> Option<&'static Words> {
    table.iter().find(|words| words.code == code)
}

const SANCTIONED: [&str; 2] = [
    "{sanction} 조치 때문에 {until}까지 ‘{permission}’을(를) 할 수 없어요.",
    "You cannot {permission} until {until}, because of a {sanction}.",
];
const SANCTIONED_FOR_EVER: [&str; 2] =
    ["{sanction} 조치 때문에 ‘{permission}’을(를) 할 수 없어요.", "You cannot {permission}, because of a {sanction}."];

macro_rules! problems {
    ($($code:literal: $title_ko:literal, $detail_ko:literal; $title_en:literal, $detail_en:literal;)+) => {
        const PROBLEMS: &[Words] = &[$(Words {
            code: $code,
            title: [$title_ko, $title_en],
            detail: [$detail_ko, $detail_en],
        }),+];
    };
}

problems! {
    "not_signed_in": "로그인이 필요해요", "로그인한 뒤에 다시 시도해 주세요.";
        "Not signed in", "Sign in and try again.";
    "wrong_credentials": "로그인하지 못했어요", "이메일 주소나 비밀번호가 맞지 않아요.";
        "Could not sign in", "The e-mail address or the password is wrong.";
    "too_many_attempts": "너무 여러 번 시도했어요", "안전을 위해 잠시 멈췄어요. {wait} 뒤에 다시 시도해 주세요.";
        "Too many attempts", "We stopped this for a while to keep accounts safe. Try again in {wait}.";
    "code_required": "인증 코드가 필요해요", "비밀번호는 맞아요. 이제 인증 앱의 코드나 복구 코드를 입력해 주세요.";
        "Code needed", "The password is right. Now enter the code of your authenticator app, or a recovery code.";
    "too_many_codes": "코드를 여러 번 틀렸어요", "5분쯤 뒤에 다시 하거나, 복구 코드를 입력해 주세요.";
        "Too many wrong codes", "Try again in about five minutes, or enter a recovery code.";
    "second_factor_required": "2단계 인증이 필요해요", "관리자 일은 2단계 인증을 켠 뒤에 할 수 있어요. ‘내 정보’의 ‘2단계 인증’에서 켜 주세요.";
        "Two-step sign-in needed", "Administrators need two-step sign-in: turn it on in your profile, under ‘Two-step sign-in’.";
    "second_factor_on": "이미 켜져 있어요", "2단계 인증이 이미 켜져 있어요. 다른 앱으로 바꾸려면 먼저 꺼 주세요.";
        "It is on already", "Two-step sign-in is on already. To change to another app, turn it off first.";
    "no_second_factor": "2단계 인증이 꺼져 있어요", "2단계 인증이 켜져 있지 않아요. 처음부터 다시 설정해 주세요.";
        "Two-step sign-in is off", "Two-step sign-in is not on. Set it up from the beginning.";
    "second_factor_stays": "끌 수 없어요", "관리자는 2단계 인증을 켜 두어야 해요.";
        "It stays on", "Administrators keep two-step sign-in on.";
    "confirmation_required": "본인인지 다시 확인해 주세요", "중요한 일이라서 비밀번호나 인증 코드를 다시 확인해요. 확인한 뒤에 한 번 더 해 주세요.";
        "Confirm that it is you", "This is a sensitive step: confirm your password or a code, then do it again.";
    "not_configured": "여기에서는 쓸 수 없어요", "이 사이트에는 이 로그인 방법이 없어요. 다른 방법으로 로그인해 주세요.";
        "Not available here", "This site does not have this way to sign in. Sign in another way.";
    "sign_in_cancelled": "로그인을 그만두었어요", "로그인이 끝나기 전에 취소됐어요. 계속하려면 다시 눌러 주세요.";
        "Sign-in broken off", "The sign-in was cancelled before it was finished. Press the button again to go on.";
    "provider_unreachable": "로그인 서비스에 연결할 수 없어요", "지금은 그 서비스에 연결할 수 없어요. 잠시 뒤에 다시 하거나, 다른 방법으로 로그인해 주세요.";
        "Sign-in service not reachable", "That service cannot be reached right now. Try again in a moment, or sign in another way.";
    "provider_slow": "로그인 서비스가 응답하지 않아요", "그 서비스가 제때 답하지 않았어요. 잠시 뒤에 다시 하거나, 다른 방법으로 로그인해 주세요.";
        "Sign-in service too slow", "That service did not answer in time. Try again in a moment, or sign in another way.";
    "provider_failed": "로그인 서비스에 문제가 있어요", "그 서비스에서 문제가 생겼어요. 잠시 뒤에 다시 하거나, 다른 방법으로 로그인해 주세요.";
        "Sign-in service failed", "Something went wrong at that service. Try again in a moment, or sign in another way.";
    "provider_unintelligible": "로그인 서비스의 답을 알아들을 수 없어요", "그 서비스가 예상과 다른 답을 보냈어요. 다른 방법으로 로그인하고, 계속되면 관리자에게 알려 주세요.";
        "Sign-in service answered oddly", "That service sent an answer we cannot read. Sign in another way, and tell an administrator if it goes on.";
    "identity_unproved": "로그인을 확인하지 못했어요", "그 서비스의 답으로는 누구인지 확인할 수 없었어요. 처음부터 다시 로그인해 주세요.";
        "Sign-in not confirmed", "That service's answer does not confirm who you are. Start signing in again.";
    "not_found": "찾을 수 없어요", "그런 것이 없거나 볼 수 없는 것이에요.";
        "Not found", "There is no such thing, or it is not for you to see.";
    "forbidden": "권한이 없어요", "‘{permission}’ 권한이 필요해요.";
        "Not allowed", "You may not {permission}.";
    "invalid_input": "입력을 확인해 주세요", "입력한 내용 가운데 고칠 것이 있어요.";
        "Invalid input", "Some of what was sent needs correcting.";
    "conflict": "다른 변경과 겹쳤어요", "그사이에 내용이 바뀌었어요. 다시 시도해 주세요.";
        "Changed meanwhile", "Something changed in the meantime. Try again.";
    "unavailable": "지금은 처리할 수 없어요", "잠시 뒤에 다시 시도해 주세요.";
        "Unavailable", "This cannot be done right now. Try again in a moment.";
    "internal": "문제가 생겼어요", "저희 쪽에서 문제가 생겼어요. 잠시 뒤에 다시 시도해 주세요.";
        "Something went wrong", "Something went wrong on our side. Try again in a moment.";
    "no_such_path": "없는 주소예요", "이 주소에는 아무것도 없어요.";
        "No such address", "There is nothing at this address.";
    "method_not_allowed": "쓸 수 없는 메서드예요", "이 주소에서 쓸 수 있는 메서드는 Allow 헤더에 있어요.";
        "Method not allowed", "The Allow header says which methods this address takes.";
    "malformed_json": "JSON을 읽을 수 없어요", "본문이 올바른 JSON이 아니에요.";
        "Malformed JSON", "The body is not well-formed JSON.";
    "broken_body": "본문을 받지 못했어요", "본문이 끝까지 도착하지 않았어요.";
        "Incomplete body", "The body did not arrive completely.";
    "too_large": "본문이 너무 커요", "보낸 내용이 허용된 크기보다 커요.";
        "Body too large", "What was sent is larger than what is accepted.";
    "unsupported_media_type": "받을 수 없는 형식이에요", "본문은 application/json이어야 해요.";
        "Unsupported media type", "The body has to be application/json.";
    "cross_site": "다른 사이트에서 온 요청이에요", "다른 사이트에서 보낸 요청은 받지 않아요.";
        "Request from another site", "Requests that another site makes a browser send are refused.";
    "timeout": "시간이 너무 오래 걸렸어요", "제시간에 끝내지 못했어요. 잠시 뒤에 다시 시도해 주세요.";
        "Took too long", "This did not finish in time. Try again in a moment.";
    "rate_limited": "너무 빨라요", "잠시 뒤에 다시 시도해 주세요.";
        "Too fast", "Try again in a moment.";
    "unknown_event": "없는 이벤트예요", "이런 이름의 이벤트는 없어요.";
        "No such event", "There is no event of this name.";
    "too_many_joined": "스터디가 너무 많아요", "연결 하나로 들을 수 있는 스터디 수를 넘었어요.";
        "Too many studies", "One connection hears no more studies than this.";
    "not_on_oneself": "자신에게는 할 수 없어요", "이 일은 자기 자신에게 할 수 없어요.";
        "Not to oneself", "Nobody does this to themselves.";
    "owner_stays": "방장은 그대로 있어야 해요", "방장은 나가거나 강퇴되거나 강등될 수 없어요. 먼저 방장을 위임해 주세요.";
        "The owner stays", "The owner cannot leave, be removed or be demoted. Hand the study over first.";
    "not_lower": "더 낮은 역할에게만 할 수 있어요", "자신보다 낮은 역할인 사람에게만 할 수 있어요.";
        "Only to a lower role", "This can only be done to somebody of a lower role.";
    "above_own": "가진 것만 줄 수 있어요", "자신이 가진 역할과 권한만 줄 수 있어요.";
        "Above your own", "Only roles and permissions that one has can be given.";
    "not_yours": "본인이 쓴 것이 아니에요", "쓴 사람만 고칠 수 있어요.";
        "Not yours", "Only the author edits this.";
    "sign_in_expired": "로그인 시간이 지났어요", "너무 오래 걸렸거나, 이미 끝났거나, 다른 브라우저에서 시작한 로그인이에요. 처음부터 다시 해 주세요.";
        "This sign-in has expired", "It took too long, was finished already, or began in another browser. Start again.";
    "sign_in_to_link": "이미 계정이 있어요", "이 이메일 주소로 만든 계정이 이미 있어요. 원래 방법으로 로그인한 다음 ‘내 정보’에서 연결해 주세요.";
        "You have an account already", "There is an account with this e-mail address. Sign in to it as you used to, then link this one in your profile.";
    "identity_taken": "다른 계정에 연결돼 있어요", "이 로그인은 이미 다른 계정에 연결돼 있어요. 그 계정에서 연결을 끊은 뒤에 다시 해 주세요.";
        "Linked to another account", "This sign-in is linked to another account. Unlink it there first.";
    "provider_linked": "이미 연결돼 있어요", "같은 서비스의 다른 로그인이 연결돼 있어요. 먼저 그 연결을 끊어 주세요.";
        "Linked already", "Another sign-in of this service is linked. Unlink it first.";
    "last_way_in": "마지막 로그인 방법이에요", "연결을 끊으면 로그인할 방법이 없어져요. 먼저 다른 로그인을 연결해 주세요.";
        "Your last way to sign in", "Without it you could not sign in any more. Link another sign-in first.";
    "email_taken": "이미 가입한 주소예요", "이 이메일 주소로 만든 계정이 이미 있어요.";
        "Address taken", "This e-mail address already has an account.";
    "code_wrong": "코드가 맞지 않아요", "코드가 맞지 않거나, 이미 썼거나, 너무 오래되었어요. 가장 새로운 코드인지 확인해 주세요. 편지로 받은 코드라면 이메일 주소도 확인해 주세요.";
        "The code does not fit", "The code is wrong, was used, or is too old. Take the newest one; if it came by letter, check the e-mail address, too.";
    "no_password": "비밀번호가 없는 계정이에요", "이 계정은 비밀번호 없이 로그인해요. 로그아웃했다가 다시 로그인하면 확인한 것이 돼요.";
        "No password", "This account signs in without a password. Sign out and in again: that confirms that it is you.";
    "study_full": "자리가 없어요", "스터디 정원이 다 찼어요.";
        "Study full", "The study has no free seat.";
    "not_recruiting": "모집하지 않아요", "이 스터디는 지금 모집하지 않아요.";
        "Not recruiting", "The study takes nobody in at the moment.";
    "study_closed": "종료된 스터디예요", "종료된 스터디는 읽을 수만 있어요.";
        "Study closed", "A closed study can only be read.";
    "study_hidden": "숨겨진 스터디예요", "운영자가 숨긴 스터디는 읽고 나갈 수만 있어요.";
        "Study hidden", "A study that a moderator hid can only be read and left.";
    "closed_by_administrator": "운영자가 종료했어요", "운영자가 종료한 스터디는 운영자만 다시 열 수 있어요.";
        "Closed by an administrator", "Only administrators reopen what an administrator closed.";
    "study_open": "이미 열려 있어요", "이 스터디는 종료되지 않았어요.";
        "Study open", "The study is open already.";
    "already_member": "이미 멤버예요", "이미 이 스터디의 멤버예요.";
        "Already a member", "Already a member of this study.";
    "already_requested": "이미 신청했어요", "가입 신청을 검토하고 있어요.";
        "Already requested", "A request to join is pending already.";
    "rejected_recently": "아직 다시 신청할 수 없어요", "가입이 거절되면 24시간 뒤에 다시 신청할 수 있어요.";
        "Rejected recently", "After a rejection one can ask again after 24 hours.";
    "kicked": "강퇴된 스터디예요", "방장이나 관리자가 강퇴를 해제해야 다시 가입할 수 있어요.";
        "Removed from this study", "You were removed; the owner or an administrator of the study may allow you back.";
    "not_pending": "대기 중인 신청이 없어요", "처리할 가입 신청이 없어요.";
        "No pending request", "There is no pending request.";
    "not_a_member": "멤버가 아니에요", "이 스터디에서 활동 중인 멤버가 아니에요.";
        "Not a member", "Not an active member of this study.";
    "not_kicked": "강퇴된 사람이 아니에요", "이 스터디에서 강퇴된 적이 없어요.";
        "Not removed", "This person was not removed from the study.";
    "same_role": "이미 그 역할이에요", "이 멤버는 이미 그 역할이에요.";
        "Same role", "The member has this role already.";
    "invite_spent": "쓸 수 없는 초대예요", "다 쓰였거나 기한이 지났거나 취소된 초대예요.";
        "Invite spent", "This invite is used up, expired or revoked.";
    "capacity_too_small": "정원이 너무 적어요", "정원은 지금 멤버 수보다 적을 수 없어요.";
        "Capacity too small", "The capacity cannot be smaller than the number of members.";
    "edit_too_late": "이제 고칠 수 없어요", "메시지는 보낸 뒤 15분 동안 고칠 수 있어요.";
        "Too late to edit", "A message can be edited for 15 minutes.";
    "message_deleted": "삭제된 메시지예요", "삭제된 메시지는 고칠 수 없어요.";
        "Message deleted", "A deleted message cannot be changed.";
    "client_id_reused": "이미 쓴 clientId예요", "이 clientId는 다른 메시지에 쓰였어요.";
        "clientId reused", "This clientId was used for another message.";
    "idempotency_key_reused": "이미 쓴 Idempotency-Key예요", "이 Idempotency-Key는 다른 요청에 쓰였어요.";
        "Idempotency-Key reused", "This Idempotency-Key was used for another request.";
    "last_super_admin": "마지막 최고 관리자예요", "기한이 없는 최고 관리자가 한 명은 있어야 해요. 먼저 다른 사람을 임명해 주세요.";
        "The last SUPER_ADMIN", "One SUPER_ADMIN without an end stays. Appoint another one first.";
    "owns_studies": "아직 방장인 스터디가 있어요", "방장을 넘기거나 스터디를 종료한 뒤에 탈퇴할 수 있어요.";
        "You still own studies", "Hand them over or close them, then delete your account.";
    "already_reported": "이미 신고했어요", "이미 신고한 내용이에요. 처리가 끝날 때까지 기다려 주세요.";
        "Reported already", "You have reported this. Wait until it is decided.";
    "reported_before": "이미 처리된 신고예요", "내용이 바뀌었거나 다른 유형이거나 7일이 지난 뒤에 다시 신고할 수 있어요.";
        "Reported and decided", "Report it again when it has changed, as another type, or after 7 days.";
    "report_limit": "오늘은 더 신고할 수 없어요", "지난 신고가 대부분 기각되어 하루에 세 번만 신고할 수 있어요.";
        "No more reports today", "Most of your earlier reports were dismissed, so you can make three a day.";
    "case_decided": "이미 처리됐어요", "이 신고는 이미 처리가 끝났어요.";
        "Decided already", "This report was decided already.";
    "case_taken": "다른 관리자가 맡고 있어요", "다른 관리자가 이 신고를 처리하고 있어요.";
        "Somebody has it", "Somebody else works on this report.";
    "case_not_taken": "맡은 사람이 없어요", "아무도 이 신고를 맡고 있지 않아요.";
        "Nobody has it", "Nobody works on this report.";
    "nobody_above": "더 높은 관리자가 없어요", "이 신고를 넘겨받을 더 높은 관리자가 없어요.";
        "Nobody is above", "There is no higher role to hand this report to.";
    "sanction_ended": "끝난 제재예요", "이 제재는 이미 풀렸거나 끝났어요.";
        "The sanction is over", "This sanction was lifted or has ended.";
    "already_appealed": "이미 이의를 제기했어요", "한 제재에는 한 번만 이의를 제기할 수 있어요.";
        "Appealed already", "A sanction can be appealed once.";
    "appeal_too_late": "이의 제기 기간이 지났어요", "이 제재에는 더 이상 이의를 제기할 수 없어요.";
        "Too late to appeal", "This sanction cannot be appealed any more.";
    "appeal_decided": "이미 결정된 이의 제기예요", "이 이의 제기는 이미 결정됐어요.";
        "Decided already", "This appeal was decided already.";
    "not_an_administrator": "관리자가 아니에요", "이 사람은 관리자가 아니에요.";
        "Not an administrator", "This person is not an administrator.";
    "too_deep": "너무 깊이 겹친 요청이에요", "괄호가 너무 깊이 겹쳐 있어요. 32겹까지 보낼 수 있어요.";
        "Nested too deeply", "The body is nested too deeply. At most 32 levels are read.";
    "settings_changed": "설정이 그사이 바뀌었어요", "다른 관리자가 설정을 바꿨어요. 다시 확인하고 저장해 주세요.";
        "Changed meanwhile", "Somebody else changed the settings. Look at them again, and save then.";
    "maintenance": "점검 중이에요", "지금은 점검 중이에요. 잠시 뒤에 다시 와 주세요.";
        "Under maintenance", "The site is being worked on. Please come back in a while.";
    "sign_up_closed": "지금은 가입할 수 없어요", "이 사이트는 지금 새 계정을 받지 않아요.";
        "Sign-up is closed", "This site takes no new accounts at the moment.";
    "study_creation_closed": "지금은 스터디를 만들 수 없어요", "이 사이트는 지금 새 스터디를 받지 않아요.";
        "No new studies", "Studies cannot be founded on this site at the moment.";
    "chat_closed": "지금은 채팅을 쓸 수 없어요", "지금은 메시지를 읽을 수만 있어요.";
        "Chat is closed", "Messages can only be read at the moment.";
    "vetoed": "서비스가 허락하지 않았어요", "서비스 운영 규칙에 맞지 않아요.";
        "Refused by the host", "The service does not allow this.";
}

/// Code, Korean, English.
const FIELDS: &[(&str, &str, &str)] = &[
    ("required", "꼭 입력해야 해요.", "This is required."),
    ("too_short", "{bound}자 이상이어야 해요.", "At least {bound} characters are needed."),
    ("too_long", "{bound}자 이하여야 해요.", "At most {bound} characters are allowed."),
    ("too_small", "{bound} 이상이어야 해요.", "At least {bound}."),
    ("too_great", "{bound} 이하여야 해요.", "At most {bound}."),
    ("too_many", "{bound}개까지 넣을 수 있어요.", "At most {bound} of them."),
    ("too_common", "쉽게 짐작할 수 있는 비밀번호예요.", "This password is too easy to guess."),
    (
        "not_a_picture",
        "읽을 수 없는 사진이에요. JPEG, PNG, WebP 파일을 골라 주세요.",
        "This picture cannot be read: choose a JPEG, PNG or WebP file.",
    ),
    (
        "too_many_pixels",
        "사진이 너무 커요. {bound}00만 화소 이하여야 해요.",
        "The picture is too large: at most {bound} megapixels.",
    ),
    ("too_many_bytes", "파일이 너무 커요. {bound}MB 이하여야 해요.", "The file is too large: at most {bound} MB."),
    ("wrong_password", "비밀번호가 맞지 않아요.", "This is not your password."),
    ("too_far", "{bound}일 안이어야 해요.", "At most {bound} days ahead."),
    ("in_the_past", "이미 지난 때예요.", "This is in the past."),
    ("out_of_range", "범위를 벗어났어요.", "This is out of range."),
    ("forbidden_character", "쓸 수 없는 글자가 있어요.", "This holds a character that is not allowed."),
    ("not_an_email", "이메일 주소가 아니에요.", "This is not an e-mail address."),
    ("not_a_time_zone", "시간대 이름이 아니에요. 예: Asia/Seoul", "This is not a time zone, such as Asia/Seoul."),
    (
        "not_a_time",
        "RFC 3339 시각이 아니에요. 예: 2026-03-02T09:00:00Z",
        "This is not a time by RFC 3339, such as 2026-03-02T09:00:00Z.",
    ),
    (
        "not_a_head",
        "감사 로그의 머리 값이 아니에요. 형식: <번호>:<해시>",
        "This is not a head of the audit log: <place>:<hash>.",
    ),
    ("not_a_cursor", "이 목록의 커서가 아니에요.", "This is not a cursor of this list."),
    ("not_in_this_study", "이 스터디에 없어요.", "This is not in this study."),
    ("not_with_query", "검색어와 함께 쓸 수 없어요.", "This does not go with a query."),
    ("not_together", "before와 after는 함께 쓸 수 없어요.", "before and after do not go together."),
    ("malformed_id", "올바른 식별자가 아니에요.", "This is not an identifier."),
    ("wrong_type", "형식이 맞지 않아요.", "This has the wrong type."),
    ("unknown_value", "고를 수 없는 값이에요.", "This is none of the possible values."),
    ("unknown_field", "알 수 없는 필드예요.", "There is no such field."),
    ("not_a_duration", "1d부터 30d까지, 또는 permanent로 적어 주세요.", "This is neither 1d to 30d nor permanent."),
    ("not_with_type", "이 유형에는 쓸 수 없어요.", "This does not go with the type."),
    ("not_with_decision", "이 결정에는 쓸 수 없어요.", "This does not go with the decision."),
    (
        "not_a_link",
        "웹 주소가 아니에요. 예: https://example.com",
        "This is not an address of the web, such as https://example.com.",
    ),
    ("not_able", "이 신고를 처리할 수 없는 사람이에요.", "This person cannot decide this report."),
    ("not_milder", "더 짧거나 가벼운 제재가 아니에요.", "This is neither shorter nor milder."),
    (
        "not_a_ladder",
        "첫 칸은 조건이 없어야 하고, 뒤로 갈수록 가벼워지면 안 돼요.",
        "The first rung needs no strikes, and no rung may be milder than the one before.",
    ),
    ("not_rules", "이 설정의 형식에 맞는 JSON이 아니에요.", "This is not JSON of this setting's form."),
    (
        "needs_mail",
        "메일 서버가 없어 켤 수 없어요. 서버에 메일을 먼저 설정해 주세요.",
        "There is no mail server: set one up for the server first.",
    ),
    ("not_rising", "0보다 크고 단계대로 커져야 해요.", "These must be above zero, and rise step by step."),
    ("duplicate_field", "두 번 적혔어요.", "This is given twice."),
];

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use coup_core::error::{Error, Invalid, StateError, people_code};
    use coup_core::identity::port::ProviderFault;
    use coup_core::policy::PeopleRule;
    use coup_core::store::StoreError;

    use super::*;

    fn hangul(text: &str) -> bool {
        text.chars().any(|c| ('가'..='힣').contains(&c))
    }

    fn two_languages(what: &str, [ko, en]: [&str; 2]) {
        assert!(hangul(ko), "{what}: {ko}");
        assert!(!en.is_empty() && !hangul(en), "{what}: {en}");
        for place in ["{bound}", "{permission}", "{sanction}", "{until}"] {
            assert_eq!(ko.contains(place), en.contains(place), "{what}: {place} is in one language only");
        }
    }

    #[test]
    fn every_problem_has_words_in_both_languages() {
        let states = StateError::ALL.iter().map(|state| state.code());
        let general = [
            Error::NotSignedIn,
            Error::WrongCredentials,
            Error::ConfirmationRequired,
            Error::CodeRequired,
            Error::TooManyCodes(1),
            Error::SecondFactorRequired,
            Error::NotFound,
            Error::NotConfigured,
            Error::Reported("0190a5c8-7d1c-7f3a-9d6e-2f4b8c1a0e57".parse().unwrap()),
            Error::OwnsStudies(Vec::new()),
            Invalid::field("name", "required").into(),
            Error::Maintenance(None),
            Error::TooManyAttempts { retry_after: chrono::TimeDelta::minutes(1) },
            Error::SwitchedOff(coup_core::error::Feature::SignUp),
            Error::SwitchedOff(coup_core::error::Feature::StudyCreation),
            Error::SwitchedOff(coup_core::error::Feature::Chat),
            StoreError::Conflict.into(),
            StoreError::Busy.into(),
            Error::Internal(String::new()),
            coup_core::hooks::Vetoed::because("no").into(),
        ];
        let people = [PeopleRule::Oneself, PeopleRule::Owner, PeopleRule::NotAuthor];
        let codes: Vec<&str> = states
            .chain(general.iter().map(Error::code))
            .chain(people.map(people_code))
            .chain(ProviderFault::ALL.iter().map(|fault| fault.code()))
            .chain(["forbidden", "not_lower", "above_own"])
            .chain(Problem::FAULTS.iter().copied())
            .collect();
        for code in &codes {
            let words = find(PROBLEMS, code).unwrap_or_else(|| panic!("no words for {code}"));
            two_languages(code, words.title);
            two_languages(code, words.detail);
        }
        for words in PROBLEMS {
            assert!(codes.contains(&words.code), "nothing says {}", words.code);
            assert_eq!(PROBLEMS.iter().filter(|other| other.code == words.code).count(), 1, "{}", words.code);
        }
        two_languages("sanction", SANCTIONED);
        two_languages("sanction for ever", SANCTIONED_FOR_EVER);
    }

    /// The codes that stand in `Invalid::field(…)` and `Invalid::bound(…)` of a folder's sources.
    fn codes(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                for call in text.split("Invalid::field(").skip(1).chain(text.split("Invalid::bound(").skip(1)) {
                    // The last argument but for a number: the code is the last text before the call ends.
                    let arguments = call.split(';').next().unwrap().split("))").next().unwrap();
                    let words = arguments.split('"').skip(1).step_by(2);
                    found.extend(words.filter(|word| word.contains('_') || *word == "required").map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_field_code_in_the_sources_has_words_in_both_languages() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = BTreeSet::new();
        codes(&root.join("../coup-core/src"), &mut found);
        codes(&root.join("src"), &mut found);
        assert!(found.len() > 15, "{found:?}");
        for code in &found {
            assert!(FIELDS.iter().any(|(known, ..)| known == code), "no words for {code}");
        }
        for (code, ko, en) in FIELDS {
            two_languages(code, [ko, en]);
            assert!(found.contains(*code), "nothing says {code}");
        }
    }

    #[test]
    fn a_host_says_it_in_its_own_words() {
        struct School;
        impl Wording for School {
            fn say(&self, key: &str, language: Language) -> Option<String> {
                (key == "problem.study_full.title" && language == Language::En).then(|| "No desk left".into())
            }
        }
        let problem: Problem = Error::from(StateError::StudyFull).into();
        let said = |language| Said { language, wording: Some(&School) };
        assert_eq!(said(Language::En).title(&problem), "No desk left");
        assert_eq!(said(Language::Ko).title(&problem), "자리가 없어요");
        assert_eq!(said(Language::En).detail(&problem), "The study has no free seat.");
    }
}
