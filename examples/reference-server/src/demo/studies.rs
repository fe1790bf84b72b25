//! The studies of the demo: what they are about, who is in them, what becomes of them.

use coup_core::study::service::StudyFields;

/// A study of the demo.
#[derive(Debug)]
pub(super) struct DemoStudy {
    pub(super) name: &'static str,
    pub(super) emoji: &'static str,
    pub(super) description: &'static str,
    pub(super) category: (&'static str, &'static str),
    pub(super) tags: &'static [&'static str],
    pub(super) seats: u32,
    pub(super) door: Door,
    pub(super) owner: &'static str,
    pub(super) admins: &'static [&'static str],
    pub(super) members: &'static [&'static str],
    pub(super) waiting: &'static [Asking],
    pub(super) fate: Fate,
    pub(super) talk: &'static str,
}

/// How one comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// Whoever joins is in.
    Open,
    /// The owner approves.
    Approval,
    /// Not seen by outsiders; one comes in with the code.
    Private,
}

/// Somebody who asks to join and still waits.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) who: &'static str,
    pub(super) introduction: &'static str,
    pub(super) motivation: &'static str,
    pub(super) level: &'static str,
}

/// What becomes of it besides talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing special.
    Goes,
    /// Takes nobody in at the moment.
    NotRecruiting,
    /// Its work is done.
    Closed,
    /// This person was removed.
    Kicks(&'static str),
    /// This person went.
    Loses(&'static str),
    /// Has an invite for ten, beside its code.
    Invites,
}

impl DemoStudy {
    pub(super) fn fields(&self) -> StudyFields {
        StudyFields {
            name: Some(self.name.into()),
            emoji: Some(self.emoji.into()),
            description: Some(self.description.into()),
            category: Some(self.category.0.into()),
            sub_category: Some(Some(self.category.1.into())),
            tags: Some(self.tags.iter().map(ToString::to_string).collect()),
            max_members: Some(self.seats.into()),
            is_public: Some(self.door != Door::Private),
            auto_approve: Some(self.door == Door::Open),
            is_recruiting: Some(true),
            time_zone: None,
        }
    }
}

pub(super) const STUDIES: &[DemoStudy] = &[
    DemoStudy {
        name: "알고리즘 아침반",
        emoji: "🧮",
        description: "등교 전 40분, 문제 하나를 같이 풀어요.\n\n- 월·수·금 아침 7시 30분, 3층 정보실\n- 언어는 자유 (Python, C++, Rust 모두 환영)\n- 매주 주제 하나: 그래프 탐색 → 최단 경로 → 유니온 파인드",
        category: ("프로그래밍", "알고리즘"),
        tags: &["코딩", "그래프", "아침", "python"],
        seats: 12,
        door: Door::Approval,
        owner: "minjun",
        admins: &["seoyeon"],
        members: &["hyunwoo", "doyun", "haeun", "noah", "liam"],
        waiting: &[
            Asking {
                who: "sua",
                introduction: "2학년 강수아입니다. 방과 후 코딩 수업을 한 학기 들었어요.",
                motivation: "혼자 풀면 자꾸 미루게 돼서 같이 하고 싶어요.",
                level: "초급",
            },
            Asking {
                who: "junseo",
                introduction: "1학년 권준서예요. 파이썬 기초 문법까지 배웠습니다!",
                motivation: "정보 올림피아드에 나가 보고 싶어요.",
                level: "입문",
            },
        ],
        fate: Fate::Invites,
        talk: include_str!("talk/algorithms.txt"),
    },
    DemoStudy {
        name: "English Conversation Club",
        emoji: "🗣️",
        description: "Tea, biscuits and forty minutes of talking. Mistakes are welcome here.\n\n영어가 서툴러도 괜찮아요. 한국어로 시작해도 같이 문장을 만들어 봐요.",
        category: ("어학", "영어회화"),
        tags: &["English", "영어", "회화", "speaking"],
        seats: 20,
        door: Door::Open,
        owner: "emma",
        admins: &["liam"],
        members: &["jiwoo", "nari", "aisha", "chaewon", "siwoo", "yejun", "noah", "grace"],
        waiting: &[],
        fate: Fate::Goes,
        talk: include_str!("talk/conversation.txt"),
    },
    DemoStudy {
        name: "한국사 능력검정 1급",
        emoji: "🏯",
        description: "다음 시험까지 함께 달려요. 시대별로 정리하고, 토요일마다 기출을 풀어요.",
        category: ("자격증", "한국사"),
        tags: &["한능검", "역사", "기출"],
        seats: 10,
        door: Door::Approval,
        owner: "haeun",
        admins: &[],
        members: &["eunseo", "taeyang", "dain", "wonjae"],
        waiting: &[Asking {
            who: "jiho",
            introduction: "농구부 박지호입니다.",
            motivation: "대학 입시에 필요해서 이번에는 꼭 따려고요.",
            level: "3급 보유",
        }],
        fate: Fate::Kicks("siwoo"),
        talk: include_str!("talk/history.txt"),
    },
    DemoStudy {
        name: "한 달에 한 권",
        emoji: "📖",
        description: "한 달에 책 한 권을 읽고 토요일 오후에 이야기해요. 다 못 읽어도 와도 돼요.",
        category: ("독서", "소설"),
        tags: &["책", "소설", "토론"],
        seats: 15,
        door: Door::Open,
        owner: "chaewon",
        admins: &["nari"],
        members: &["grace", "sua", "dain"],
        waiting: &[],
        fate: Fate::Loses("taeyang"),
        talk: include_str!("talk/reading.txt"),
    },
    DemoStudy {
        name: "수능 수학 킬러 문항",
        emoji: "📐",
        description: "하루 한 문제, 밤 10시. 풀이보다 생각의 길을 나눠요.",
        category: ("수능", "수학"),
        tags: &["수학", "수능", "킬러문항"],
        seats: 6,
        door: Door::Open,
        owner: "doyun",
        admins: &["jiho"],
        members: &["minjun", "jiwoo", "yuna", "wonjae"],
        waiting: &[],
        fate: Fate::Goes,
        talk: include_str!("talk/math.txt"),
    },
    DemoStudy {
        name: "새벽 러닝 크루",
        emoji: "🏃",
        description: "새벽 6시, 강변을 천천히 뛰어요. 걷뛰걷뛰 환영!",
        category: ("운동", "러닝"),
        tags: &["러닝", "아침", "건강"],
        seats: 20,
        door: Door::Open,
        owner: "yejun",
        admins: &[],
        members: &["jiho", "liam", "taeyang", "noah", "hyunwoo"],
        waiting: &[],
        fate: Fate::NotRecruiting,
        talk: include_str!("talk/running.txt"),
    },
    DemoStudy {
        name: "Rust로 서버 만들기",
        emoji: "🦀",
        description: "axum과 SQLite로 작은 서버를 만들어요. 초대받은 사람만 들어올 수 있어요.",
        category: ("프로그래밍", "백엔드"),
        tags: &["rust", "axum", "서버"],
        seats: 8,
        door: Door::Private,
        owner: "seoyeon",
        admins: &["minjun"],
        members: &["hyunwoo", "noah"],
        waiting: &[],
        fate: Fate::Invites,
        talk: include_str!("talk/rust.txt"),
    },
    DemoStudy {
        name: "축제 포스터 워크숍",
        emoji: "🎨",
        description: "축제 포스터를 함께 만들었어요. 마감까지 일주일짜리 모임!",
        category: ("예술", "디자인"),
        tags: &["포스터", "디자인", "축제"],
        seats: 8,
        door: Door::Open,
        owner: "yuna",
        admins: &["dain"],
        members: &["chaewon", "sua"],
        waiting: &[],
        fate: Fate::Closed,
        talk: include_str!("talk/poster.txt"),
    },
    DemoStudy {
        name: "Korean for Exchange Students",
        emoji: "🍚",
        description: "Order lunch, take the bus, make a friend: one situation a week.\n\n교환학생 친구들과 생활 한국어를 배워요.",
        category: ("어학", "한국어"),
        tags: &["Korean", "한국어", "exchange"],
        seats: 10,
        door: Door::Approval,
        owner: "jiwoo",
        admins: &["grace"],
        members: &["aisha", "emma"],
        waiting: &[Asking {
            who: "liam",
            introduction: "Hi! I'm Liam, grade 11, from Dublin.",
            motivation: "I can order two things in the canteen. I would like to reach five.",
            level: "beginner",
        }],
        fate: Fate::Goes,
        talk: include_str!("talk/korean.txt"),
    },
    DemoStudy {
        name: "과학 탐구 보고서 모임",
        emoji: "⚗️",
        description: "교실 이산화탄소 농도와 반응 시간. 가설부터 보고서까지 한 달 프로젝트예요.",
        category: ("과학", "탐구"),
        tags: &["과학", "실험", "보고서"],
        seats: 8,
        door: Door::Approval,
        owner: "wonjae",
        admins: &["teacher"],
        members: &["eunseo", "taeyang", "grace"],
        waiting: &[],
        fate: Fate::Goes,
        talk: include_str!("talk/science.txt"),
    },
];
