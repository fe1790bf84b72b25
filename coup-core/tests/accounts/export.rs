//! Everything of one's own as a document.

use chrono::TimeDelta;
use coup_core::{
    chat::service::{DeleteMessage, SendMessage},
    coup::Ctx,
    error::Error,
    id::StudyId,
    member::service::{Join, Request},
    moderation::{
        model::{ReportTarget, ReportType},
        report::CreateReport,
    },
    study::service::StudyFields,
    user::{
        password::{Confirm, Proof},
        service::SignedIn,
    },
};
use serde_json::{Value, json};

use crate::house::{EMAIL, House, PASSWORD, with};

const OTHER: &str = "seoyeon@school.kr";

impl House {
    pub(crate) async fn export(&self, ctx: &Ctx) -> Result<Value, Error> {
        let mut export = self.coup.export_account(ctx).await?;
        let mut text = String::new();
        while let Some(piece) = export.next().await? {
            text += &piece;
        }
        assert!(export.next().await?.is_none(), "its end is its end");
        Ok(serde_json::from_str(&text).unwrap())
    }

    async fn shared_study(&self, owner: &SignedIn, member: &SignedIn) -> StudyId {
        let fields = StudyFields {
            name: Some("아침 수학".into()),
            description: Some("매일 한 문제".into()),
            category: Some("수학".into()),
            auto_approve: Some(true),
            ..StudyFields::default()
        };
        let study = self.coup.run(&with(owner), fields.create().unwrap()).await.unwrap().study.id;
        let request = Request::parse(Some("잘 부탁해요"), None, Some("중급")).unwrap();
        self.coup.run(&with(member), Join { study, request }).await.unwrap();
        study
    }
}

fn list<'a>(document: &'a Value, name: &str) -> &'a [Value] {
    document[name].as_array().unwrap()
}

#[tokio::test]
async fn it_has_all_of_ones_own_and_nothing_that_others_said_or_are_called() {
    let house = House::new();
    let (owner, minjun) = (house.person(OTHER).await, house.person(EMAIL).await);
    let rename = coup_core::user::service::UpdateProfile {
        name: Some(coup_core::text::PersonName::parse("name", "이서연").unwrap()),
        ..Default::default()
    };
    house.coup.run(&with(&owner), rename).await.unwrap();
    let study = house.shared_study(&owner, &minjun).await;
    let says = async |who: &SignedIn, text: &str| {
        let message = SendMessage::parse(study, text, None, None).unwrap();
        house.coup.run(&with(who), message).await.unwrap().id
    };
    let others = says(&owner, "남의 말이에요").await;
    says(&minjun, "내가 한 말").await;
    let deleted = says(&minjun, "지운 말").await;
    house.coup.run(&with(&minjun), DeleteMessage { study, message: deleted }).await.unwrap();
    let report = CreateReport {
        target: ReportTarget::Message(others),
        kind: ReportType::Spam,
        reason: coup_core::text::ReportReason::parse("reason", "광고예요").unwrap(),
        links: Vec::new(),
    };
    house.coup.run(&with(&minjun), report).await.unwrap();

    let document = house.export(&with(&minjun)).await.unwrap();
    assert_eq!((&document["format"], &document["version"]), (&json!("coup-personal-data"), &json!(1)));
    let account = &document["account"];
    assert_eq!(
        (&account["email"], &account["name"], &account["hasPassword"], &account["hasSecondFactor"]),
        (&json!(EMAIL), &json!("김민준"), &json!(true), &json!(false))
    );
    let said: Vec<_> = list(&document, "messages").iter().map(|one| one["content"].as_str().unwrap()).collect();
    assert_eq!(said, ["내가 한 말", "지운 말"]);
    assert!(!list(&document, "messages")[1]["deletedAt"].is_null());
    assert_eq!(list(&document, "messages")[0]["studyId"], json!(study));
    assert_eq!(list(&document, "memberships")[0]["studyName"], "아침 수학");
    let membership = &list(&document, "memberships")[0];
    assert_eq!((&membership["introduction"], &membership["level"]), (&json!("잘 부탁해요"), &json!("중급")));
    assert_eq!(list(&document, "sessions").len(), 1);
    assert_eq!((list(&document, "reports").len(), &list(&document, "reports")[0]["reason"]), (1, &json!("광고예요")));
    let text = document.to_string();
    for foreign in ["남의 말이에요", "이서연", OTHER, "plain:", "tokenHash"] {
        assert!(!text.contains(foreign), "{foreign}: {text}");
    }
}

#[tokio::test]
async fn it_is_written_in_pieces_of_five_hundred() {
    let house = House::new();
    let (owner, minjun) = (house.person(OTHER).await, house.person(EMAIL).await);
    let study = house.shared_study(&owner, &minjun).await;
    for n in 0..1_001 {
        let message = SendMessage::parse(study, &format!("말 {n}"), None, None).unwrap();
        house.coup.run(&with(&minjun), message).await.unwrap();
    }
    let mut export = house.coup.export_account(&with(&minjun)).await.unwrap();
    let (mut text, mut most) = (String::new(), 0);
    while let Some(piece) = export.next().await.unwrap() {
        most = most.max(piece.matches("\"content\"").count());
        text += &piece;
    }
    assert_eq!(most, 500);
    let document: Value = serde_json::from_str(&text).unwrap();
    let said: Vec<_> = list(&document, "messages").iter().map(|one| one["content"].as_str().unwrap()).collect();
    assert_eq!(said, (0..1_001).map(|n| format!("말 {n}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn it_is_asked_again_who_it_is() {
    let house = House::new();
    let minjun = house.person(EMAIL).await;
    house.clock.advance(TimeDelta::minutes(15));
    assert!(matches!(house.export(&with(&minjun)).await, Err(Error::ConfirmationRequired)));
    house.coup.run(&with(&minjun), Confirm(Proof::Password(PASSWORD.into()))).await.unwrap();
    house.export(&with(&minjun)).await.unwrap();
    assert!(matches!(house.export(&Ctx::default()).await, Err(Error::NotSignedIn)));
}
