//! A sanction stops at its instant; jobs only tidy and tell.

use chrono::TimeDelta;
use coup_core::{
    chat::service::SendMessage, policy::SanctionType, sanction::service::Impose, study::service::StudyFields,
};

use crate::house::{House, ctx, id, measure, words};

#[tokio::test]
async fn every_sanction_with_an_end_stops_at_its_instant_without_any_job() {
    let fields = || StudyFields {
        name: Some("아침 수학".into()),
        description: Some("매일 한 문제".into()),
        category: Some("수학".into()),
        ..StudyFields::default()
    };
    for (kind, says, founds) in [
        (SanctionType::ChatBan, "forbidden", "done"),
        (SanctionType::StudyCreateBan, "done", "forbidden"),
        (SanctionType::Restriction, "forbidden", "forbidden"),
        (SanctionType::Suspension, "forbidden", "forbidden"),
    ] {
        let house = House::new().await;
        let may = async || {
            let say = SendMessage::parse(house.study, "안녕", None, None).unwrap();
            let said = house.run("minjun", say).await.map_or_else(|error| error.code(), |_| "done");
            let found =
                house.run("minjun", fields().create().unwrap()).await.map_or_else(|error| error.code(), |_| "done");
            (said, found)
        };
        assert_eq!(may().await, ("done", "done"));
        let command =
            Impose { user: id("minjun"), measure: measure(kind, 1), reason: words("도배했어요"), notify: false };
        let imposed = house.done("admin", command).await;
        assert_eq!(imposed.own.expires_at, Some(house.now() + TimeDelta::days(1)));
        house.pass(TimeDelta::days(1) - TimeDelta::microseconds(1));
        assert_eq!(may().await, (says, founds), "{kind} a microsecond before its end");
        house.pass(TimeDelta::microseconds(1));
        assert_eq!(may().await, ("done", "done"), "{kind} at its end");
        let own = house.coup.own_sanctions(&ctx("minjun")).await.unwrap();
        assert!(own.iter().all(|sanction| !sanction.is_active), "{own:?}");
    }
}
