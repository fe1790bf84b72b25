//! What was reported at the school, and what became of it: cases, sanctions and appeals in every state.

use coup_core::{appeal::rules::Ruling, moderation::model::ReportType, policy::SanctionType, sanction::model::Measure};

/// Something that happens, so many minutes before now.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) ago: i64,
    pub(super) who: &'static str,
    pub(super) does: Act,
}

/// What somebody does.
#[derive(Debug)]
pub(super) enum Act {
    Joins(Study),
    Says { at: Study, label: &'static str, text: &'static str },
    TakesBack(&'static str),
    Reports { what: What, kind: ReportType, reason: &'static str, links: &'static [&'static str] },
    Pauses { at: Study, whom: &'static str, days: i64 },
    Appeals(&'static str),
    LooksAtQueue,
    LooksUp(&'static str),
    Handles(What, Step),
    Removes { label: &'static str, reason: &'static str },
    Imposes { whom: &'static str, kind: SanctionType, length: Option<&'static str>, reason: &'static str },
    Lifts { whom: &'static str, mistaken: bool, reason: &'static str },
    Rules { whom: &'static str, how: Verdict, words: &'static str },
}

/// A study by its name.
pub(super) type Study = &'static str;

/// What is reported: somebody by their key, a study by its name, a message by its label.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    User(&'static str),
    Study(Study),
    Message(&'static str),
}

/// What an administrator does with a case.
#[derive(Debug)]
pub(super) enum Step {
    Opens,
    Claims,
    Notes(&'static str),
    AddsEvidence(&'static str, &'static str),
    HoldsForDays(i64),
    HandsUp(&'static str),
    /// With what is recommended, or with this.
    Approves(Option<(SanctionType, &'static str)>, &'static str),
    Rejects(&'static str),
}

/// How an appeal is decided.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verdict {
    Uphold,
    SuspendForDays(i64),
    Overturn,
}

impl Verdict {
    pub(super) fn ruling(self) -> Result<Ruling, coup_core::error::Invalid> {
        Ok(match self {
            Self::Uphold => Ruling::Uphold,
            Self::SuspendForDays(days) => {
                Ruling::Reduce(Measure::suspension(coup_core::sanction::model::Days::new("sanction", days)?))
            }
            Self::Overturn => Ruling::Overturn,
        })
    }
}

const ENGLISH: Study = "English Conversation Club";
const RUNNING: Study = "새벽 러닝 크루";
const READING: Study = "한 달에 한 권";

/// The school itself, in its own name.
pub(super) const SCHOOL: &str = "school";

const fn minutes(minutes: i64, who: &'static str, does: Act) -> Event {
    Event { ago: minutes, who, does }
}

const fn hours(hours: i64, who: &'static str, does: Act) -> Event {
    minutes(hours * 60, who, does)
}

/// Everything, the earliest first.
pub(super) const STORY: &[Event] = &[
    hours(204, "seungmin", Act::Joins(ENGLISH)),
    hours(204, "hyeri", Act::Joins(ENGLISH)),
    hours(203, "kai", Act::Joins(ENGLISH)),
    hours(203, "promo", Act::Joins(ENGLISH)),
    hours(190, "jaewon", Act::Joins(READING)),
    hours(190, "minji", Act::Joins(READING)),
    hours(183, "sehun", Act::Joins(RUNNING)),
    hours(183, "dohyun", Act::Joins(RUNNING)),
    hours(182, "promo", Act::Joins(RUNNING)),
    // An argument that ends in a shorter suspension than it began with.
    hours(
        170,
        "kai",
        Act::Says { at: ENGLISH, label: "accent", text: "Nobody can follow that accent. Maybe just listen next time?" },
    ),
    hours(
        169,
        "aisha",
        Act::Reports {
            what: What::Message("accent"),
            kind: ReportType::Harassment,
            reason: "Kai has said things like this to me three times now. I don't want to speak in the club any more.",
            links: &[],
        },
    ),
    hours(168, "guidance", Act::Handles(What::Message("accent"), Step::Opens)),
    hours(
        168,
        "guidance",
        Act::Handles(
            What::Message("accent"),
            Step::Approves(
                Some((SanctionType::Suspension, "7d")),
                "Making fun of how somebody speaks has no place in a language club. 다른 사람의 발음을 놀리는 말은 안 돼요.",
            ),
        ),
    ),
    hours(
        160,
        "kai",
        Act::Appeals("I wrote it in a bad moment and I have apologised to Aisha. A week means I miss my presentation."),
    ),
    // The same advertisement twice: first a warning, then more.
    hours(
        150,
        "seungmin",
        Act::Says {
            at: ENGLISH, label: "ad-1", text: "한정판 운동화 팔아요! 프로필 링크 들어오면 10% 할인 👟"
        },
    ),
    hours(
        149,
        "nari",
        Act::Reports {
            what: What::Message("ad-1"),
            kind: ReportType::Spam,
            reason: "영어 모임에 자꾸 광고를 올려요.",
            links: &[],
        },
    ),
    hours(148, "moderator", Act::Handles(What::Message("ad-1"), Step::Claims)),
    hours(148, "moderator", Act::Removes { label: "ad-1", reason: "스터디와 관계없는 판매 글이라 삭제했어요." }),
    hours(
        148,
        "moderator",
        Act::Handles(
            What::Message("ad-1"),
            Step::Approves(None, "스터디 채팅은 물건을 파는 곳이 아니에요. 다음에는 정지될 수 있어요."),
        ),
    ),
    hours(
        145,
        "guidance",
        Act::Imposes {
            whom: "jaewon",
            kind: SanctionType::Restriction,
            length: Some("7d"),
            reason: "독서 모임 선정 투표에 여러 번 참여한 것이 확인되어 활동을 잠시 제한해요.",
        },
    ),
    hours(
        140,
        "deputy",
        Act::Rules {
            whom: "kai",
            how: Verdict::SuspendForDays(3),
            words: "The words were wrong, and you saw that yourself. Three days are enough; please talk to Aisha in person.",
        },
    ),
    // Somebody else's doing.
    hours(
        125,
        "moderator",
        Act::Imposes {
            whom: "sehun",
            kind: SanctionType::ChatBan,
            length: Some("1d"),
            reason: "같은 이모티콘을 서른 번 넘게 이어서 올려 대화를 막았어요.",
        },
    ),
    hours(124, "sehun", Act::Appeals("장난이었고 다들 웃었어요. 하루나 금지될 일은 아닌 것 같아요.")),
    hours(
        120,
        "guidance",
        Act::Imposes {
            whom: "dohyun",
            kind: SanctionType::Suspension,
            length: Some("3d"),
            reason: "체육관 예약을 다른 사람 이름으로 취소했다는 신고가 확인되었어요.",
        },
    ),
    hours(
        118,
        "dohyun",
        Act::Appeals("그 시간에 저는 병원에 있었어요. 진료 확인서를 담임 선생님께 드렸습니다. 제 계정이 아니었어요."),
    ),
    hours(
        116,
        "guidance",
        Act::Rules {
            whom: "sehun",
            how: Verdict::Uphold,
            words: "웃은 사람도 있었지만 그날 공지를 못 본 사람도 있었어요. 하루는 그대로 둘게요.",
        },
    ),
    hours(
        110,
        "deputy",
        Act::Rules {
            whom: "dohyun",
            how: Verdict::Overturn,
            words: "확인서와 접속 기록을 보니 다른 사람이 한 일이에요. 정지를 취소하고 기록에서도 뺄게요. 미안합니다.",
        },
    ),
    hours(
        97,
        "moderator",
        Act::Imposes {
            whom: "taeyang",
            kind: SanctionType::FileUploadBan,
            length: Some("7d"),
            reason: "다른 학생의 사진을 허락 없이 올렸어요.",
        },
    ),
    hours(
        95,
        "guidance",
        Act::Lifts {
            whom: "taeyang",
            mistaken: true,
            reason: "이름이 비슷한 다른 학생의 일이었어요. 잘못 내린 조치라 취소합니다.",
        },
    ),
    hours(
        75,
        SCHOOL,
        Act::Imposes {
            whom: "alumni",
            kind: SanctionType::PermanentBan,
            length: None,
            reason: "우리 학교 졸업생이 아닌 사람이 만든 계정이에요.",
        },
    ),
    hours(74, "deputy", Act::LooksUp("jaewon")),
    hours(
        74,
        "deputy",
        Act::Lifts {
            whom: "jaewon",
            mistaken: false,
            reason: "모임에 직접 사과했고 다시 투표하기로 해서 일찍 풀어 줄게요.",
        },
    ),
    // What is no matter for moderators.
    hours(
        50,
        "siwoo",
        Act::Reports {
            what: What::User("haeun"),
            kind: ReportType::Other,
            reason: "방장이 저를 스터디에서 내보냈어요. 숙제를 두 번 안 했다고요.",
            links: &[],
        },
    ),
    hours(47, "moderator", Act::Handles(What::User("haeun"), Step::Opens)),
    hours(
        47,
        "moderator",
        Act::Handles(
            What::User("haeun"),
            Step::Rejects(
                "누구와 함께할지는 방장이 정할 수 있어요. 다시 들어가고 싶다면 하은 학생에게 먼저 이야기해 보세요.",
            ),
        ),
    ),
    hours(
        30,
        "hyeri",
        Act::Says {
            at: ENGLISH, label: "lift", text: "숙제를 그렇게 짧게 할 거면 왜 와요? 진짜 수준 떨어져."
        },
    ),
    hours(
        29,
        "chaewon",
        Act::Reports {
            what: What::User("hyeri"),
            kind: ReportType::Harassment,
            reason: "숙제가 짧다고 모두 앞에서 무시하는 말을 해요. 이번이 처음이 아니에요.",
            links: &["https://hanbit.example/board/4127"],
        },
    ),
    hours(28, "seungmin", Act::Says { at: ENGLISH, label: "ad-2", text: "운동화 마지막 세일!! 링크는 프로필에 👟👟" }),
    hours(
        27,
        "liam",
        Act::Reports {
            what: What::Message("ad-2"),
            kind: ReportType::Spam,
            reason: "The shoe advert is back.",
            links: &[],
        },
    ),
    hours(26, "moderator", Act::Handles(What::User("hyeri"), Step::Claims)),
    hours(
        26,
        "moderator",
        Act::Handles(
            What::User("hyeri"),
            Step::Notes("지난주에도 비슷한 말을 했다고 두 사람이 이야기함. 상담실에도 알림."),
        ),
    ),
    hours(
        26,
        "moderator",
        Act::Handles(
            What::User("hyeri"),
            Step::Approves(
                Some((SanctionType::ChatBan, "7d")),
                "다른 사람을 깎아내리는 말이 반복되어 일주일 동안 채팅을 쉬어 갈게요.",
            ),
        ),
    ),
    hours(25, "guidance", Act::LooksUp("seungmin")),
    hours(
        25,
        "guidance",
        Act::Handles(
            What::Message("ad-2"),
            Step::Approves(None, "경고 뒤에도 같은 광고를 다시 올렸어요. 사흘 동안 이용이 정지돼요."),
        ),
    ),
    hours(24, "guidance", Act::Removes { label: "ad-2", reason: "경고 뒤에 다시 올린 광고예요." }),
    hours(
        22,
        "deputy",
        Act::Imposes {
            whom: "promo",
            kind: SanctionType::StudyCreateBan,
            length: Some("30d"),
            reason: "쿠폰 홍보를 위한 스터디를 만들려고 했어요. / Studies are not for advertising coupons.",
        },
    ),
    hours(
        20,
        "hyeri",
        Act::Appeals("말이 심했던 건 인정해요. 그런데 일주일이면 발표 연습을 하나도 못 해요. 조금만 줄여 주세요."),
    ),
    // Waits: several reporters make it more urgent.
    hours(
        12,
        "promo",
        Act::Says {
            at: RUNNING,
            label: "coupon",
            text: "선착순 무료 쿠폰! 친구 3명만 초대하면 치킨이 공짜 🍗 지금 바로!",
        },
    ),
    hours(
        11,
        "yejun",
        Act::Reports {
            what: What::Message("coupon"),
            kind: ReportType::Spam,
            reason: "러닝과 상관없는 쿠폰 광고예요.",
            links: &[],
        },
    ),
    hours(
        10,
        "taeyang",
        Act::Reports {
            what: What::Message("coupon"),
            kind: ReportType::Spam,
            reason: "급식보다 치킨이 좋지만 이건 아닌 것 같아요.",
            links: &[],
        },
    ),
    hours(
        9,
        "noah",
        Act::Reports {
            what: What::Message("coupon"),
            kind: ReportType::Spam,
            reason: "The link asks for a phone number.",
            links: &["https://coupon.example/landing"],
        },
    ),
    hours(9, "yejun", Act::Pauses { at: RUNNING, whom: "promo", days: 3 }),
    // Waits for a higher role.
    hours(
        8,
        "aisha",
        Act::Reports {
            what: What::User("promo"),
            kind: ReportType::Other,
            reason: "This account asked me for my phone number and my class. I don't think it is a student.",
            links: &[],
        },
    ),
    hours(
        8,
        "noah",
        Act::Reports {
            what: What::Study("축제 포스터 워크숍"),
            kind: ReportType::Copyright,
            reason: "소개에 나온 배경 그림이 제가 아는 작가님 작품과 아주 비슷해요. 출처를 확인해 주세요.",
            links: &["https://gallery.example/works/88"],
        },
    ),
    hours(7, "moderator", Act::LooksAtQueue),
    hours(7, "moderator", Act::Handles(What::User("promo"), Step::Opens)),
    hours(
        7,
        "moderator",
        Act::Handles(
            What::User("promo"),
            Step::HandsUp("학생 명부에 없는 이름입니다. 제 권한으로는 정지할 수 없어 올립니다."),
        ),
    ),
    // Held until somebody else has answered.
    hours(
        6,
        "dohyun",
        Act::Says {
            at: RUNNING,
            label: "quiz",
            text: "2학년 화학 쪽지시험 먼저 본 반 있어요? 문제 사진 있으면 좀요 🙏",
        },
    ),
    hours(
        6,
        "hyunwoo",
        Act::Reports {
            what: What::Message("quiz"),
            kind: ReportType::Inappropriate,
            reason: "시험 문제를 돌려 보자는 말 같아서요. 장난일 수도 있어요.",
            links: &[],
        },
    ),
    hours(5, "moderator", Act::Handles(What::Message("quiz"), Step::Claims)),
    hours(
        5,
        "moderator",
        Act::Handles(
            What::Message("quiz"),
            Step::AddsEvidence(
                "화학 선생님 공지: 쪽지시험은 반마다 문제가 다릅니다.",
                "https://hanbit.example/board/4130",
            ),
        ),
    ),
    hours(5, "moderator", Act::Handles(What::Message("quiz"), Step::HoldsForDays(2))),
    // Said and taken back: the report still shows it.
    hours(
        4,
        "jaewon",
        Act::Says {
            at: READING,
            label: "level",
            text: "그림책 읽는 수준이면 이 모임은 안 맞는 것 같은데, 알아서 나가 주세요.",
        },
    ),
    hours(
        4,
        "grace",
        Act::Reports {
            what: What::Message("level"),
            kind: ReportType::Harassment,
            reason: "He means me. My bio says I read picture books in Korean.",
            links: &[],
        },
    ),
    hours(3, "jaewon", Act::TakesBack("level")),
    hours(
        3,
        "jiho",
        Act::Says {
            at: RUNNING,
            label: "shoes",
            text: "작아진 러닝화 270 팔아요. 강변까지 갖다 드림! 3만 원, 쪽지 주세요",
        },
    ),
    hours(
        2,
        "sehun",
        Act::Reports {
            what: What::Message("shoes"),
            kind: ReportType::Spam,
            reason: "여기서 물건 팔아도 되나요?",
            links: &[],
        },
    ),
    minutes(
        80,
        "emma",
        Act::Reports {
            what: What::User("kai"),
            kind: ReportType::Other,
            reason: "Kai turns up under other names in our voice sessions. Please check before it becomes a habit.",
            links: &[],
        },
    ),
    // Somebody may be in danger: one tap, no words.
    minutes(
        40,
        "minji",
        Act::Says {
            at: READING,
            label: "afraid",
            text: "이번 달 책은 못 읽었어요. 요즘은 학교 오는 게 무섭고, 다 그만두고 싶다는 생각이 자꾸 들어요.",
        },
    ),
    minutes(
        30,
        "chaewon",
        Act::Reports { what: What::Message("afraid"), kind: ReportType::Safety, reason: "", links: &[] },
    ),
    minutes(12, "guidance", Act::LooksAtQueue),
    minutes(10, "guidance", Act::Handles(What::User("kai"), Step::Opens)),
    minutes(8, "guidance", Act::Handles(What::User("kai"), Step::Claims)),
    minutes(
        5,
        "guidance",
        Act::Handles(
            What::User("kai"),
            Step::Notes("Emma 선생님께 날짜와 사용한 이름을 여쭤봄. 정지를 한 번 받은 적 있음."),
        ),
    ),
];
