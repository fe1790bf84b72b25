//! Fills an empty deployment with a believable school, through the use cases like everybody else.

mod desk;
mod fill;
mod people;
mod story;
mod studies;
mod talk;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

use coup_core::{
    coup::{Coup, Ctx},
    policy::AdminRole,
    second_factor::entry::Entered,
    store::Credential,
    user::service::{SessionToken, SignIn, SignOut},
};

use self::people::{PEOPLE, STAFF};
use crate::{
    cli::StoreOptions,
    config::Settings,
    failure::Failure,
    store::{self, Opened},
};

/// Everybody's password in the demo; no secret.
const PASSWORD: &str = "hanbit lantern 2026";
/// The administrator's address in the demo.
const ADMIN: &str = "admin@hanbit.example";

/// `demo`.
pub(crate) async fn run(options: StoreOptions) -> Result<(), Failure> {
    let settings = Settings::for_store(options)?;
    let store = store::open(&settings).await?;
    let coup = store.coup()?;
    let result = if coup.has_super_admin().await? {
        Err(Failure::data(format!(
            "{} is in use already; the demo fills an empty one, such as with --data-dir ./coup-demo",
            settings.database.shown()
        )))
    } else {
        fill::fill(&store).await
    };
    store.close().await;
    result.map(|()| announce(None))
}

/// `serve --demo`: fills if there is nobody yet, and says who can sign in if the demo's people are there.
pub(crate) async fn before_serving(store: &Opened, coup: &Coup, address: SocketAddr) -> Result<(), Failure> {
    if !coup.has_super_admin().await? {
        fill::fill(store).await?;
    } else if !is_filled(coup).await? {
        tracing::warn!("the database is in use already: the demo was not filled in");
        return Ok(());
    }
    announce(Some(address));
    Ok(())
}

/// Whether the demo's administrator signs in with the demo's password.
async fn is_filled(coup: &Coup) -> Result<bool, Failure> {
    let sign_in = SignIn { email: ADMIN.into(), password: PASSWORD.into(), code: None };
    match coup.run(&Ctx::default(), sign_in).await {
        Ok(Entered::SignedIn(signed_in)) => {
            let credential = Credential::Session(SessionToken::hash(signed_in.token.expose()));
            coup.run(&Ctx { credential: Some(credential), ..Ctx::default() }, SignOut).await?;
            Ok(true)
        }
        // They have gone on with it since.
        Ok(Entered::CodeRequired(_) | Entered::CodeWrong) => Ok(true),
        Err(coup_core::error::Error::WrongCredentials) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whom to try first, and as what they are worth a look.
const SUGGESTED: [(&str, &str); 7] = [
    ("minjun", "방장, 가입 신청 두 건 / owner, two requests waiting"),
    ("emma", "English-speaking owner"),
    ("noah", "여러 스터디의 멤버 / member of four studies"),
    ("sua", "승인을 기다리는 중 / waiting for approval"),
    ("siwoo", "한 스터디에서 강퇴됨 / was removed from one study"),
    ("seungmin", "이용 정지, 이의 제기 가능 / suspended, can appeal"),
    ("hyeri", "채팅 금지, 이의 제기 중 / banned from chats, has appealed"),
];

fn said(role: AdminRole) -> &'static str {
    match role {
        AdminRole::Viewer => "읽기만 하는 관리자 / VIEWER",
        AdminRole::Moderator => "신고와 콘텐츠 / MODERATOR",
        AdminRole::Admin => "사용자와 제재 / ADMIN",
        AdminRole::SuperAdmin => "최고 관리자 / SUPER_ADMIN",
    }
}

#[expect(clippy::print_stdout, reason = "what the demo is started for")]
fn announce(address: Option<SocketAddr>) {
    println!("\n  ── 데모 / DEMO ────────────────────────────────────────────────────────");
    println!("  모든 비밀번호 / every password:  {PASSWORD}\n");
    println!("    {ADMIN:<26} {}", said(AdminRole::SuperAdmin));
    for (person, role) in STAFF {
        println!("    {:<26} {}", person.email(), said(*role));
    }
    for (key, words) in SUGGESTED {
        println!("    {:<26} {words}", format!("{key}@hanbit.example"));
    }
    let others: Vec<_> =
        PEOPLE.iter().map(|person| person.key).filter(|key| SUGGESTED.iter().all(|(it, _)| it != key)).collect();
    println!("\n  그 밖에 / also, each @hanbit.example:");
    for some in others.chunks(7) {
        println!("    {}", some.join(", "));
    }
    if address.is_some_and(|address| !address.ip().is_loopback()) {
        println!("\n  ⚠ 누구나 아는 비밀번호예요. 인터넷에 열어 두지 마세요.");
        println!("  ⚠ Everybody knows this password: do not leave it open to the internet.");
    }
    println!("  ───────────────────────────────────────────────────────────────────────\n");
}
