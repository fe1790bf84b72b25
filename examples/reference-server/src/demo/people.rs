//! Who is at the school.

use coup_core::{policy::AdminRole, user::service::Locale};

/// Somebody of the demo. They are found by `key` in the scripts.
#[derive(Debug)]
pub(super) struct DemoPerson {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    pub(super) bio: &'static str,
    pub(super) locale: Locale,
}

impl DemoPerson {
    /// The address to sign in with; `.example` belongs to nobody.
    pub(super) fn email(&self) -> String {
        format!("{}@hanbit.example", self.key)
    }
}

const fn ko(key: &'static str, name: &'static str, bio: &'static str) -> DemoPerson {
    DemoPerson { key, name, bio, locale: Locale::Ko }
}

const fn en(key: &'static str, name: &'static str, bio: &'static str) -> DemoPerson {
    DemoPerson { key, name, bio, locale: Locale::En }
}

/// Everybody but the administrators, in the order in which they came.
pub(super) const PEOPLE: &[DemoPerson] = &[
    ko("minjun", "김민준", "2학년 3반. 아침에 문제 푸는 걸 좋아해요."),
    ko("seoyeon", "이서연", "정보 동아리 부장이에요. 요즘은 Rust에 빠져 있어요 🦀"),
    ko("teacher", "유미경 선생님", "과학을 가르쳐요. 궁금한 건 언제든 물어보세요."),
    en("emma", "Emma Clarke", "English assistant teacher from Leeds. Tea over coffee."),
    ko("haeun", "최하은", "역사 좋아하는 사람 모여라!"),
    ko("doyun", "정도윤", "수학은 결국 그림이라고 생각해요."),
    ko("jiwoo", "윤지우", "한국어도 영어도 천천히, 꾸준히."),
    ko("chaewon", "임채원", "책갈피를 모아요. 한 달에 한 권은 꼭 읽기."),
    en("liam", "Liam O'Brien", "Exchange student, grade 11. Learning Korean one menu at a time."),
    ko("sua", "강수아", ""),
    ko("yejun", "조예준", "달리기 기록 갱신 중"),
    ko("hyunwoo", "장현우", "C++에서 Rust로 이사 중입니다."),
    en("aisha", "Aisha Rahman", "I ask a lot of questions. Sorry in advance!"),
    ko("siwoo", "한시우", ""),
    ko("eunseo", "오은서", "한능검 1급 도전!"),
    ko("taeyang", "서태양", "급식 메뉴 알림 담당"),
    ko("nari", "신나리", "영어 발표 공포증 극복하는 중이에요."),
    ko("junseo", "권준서", "1학년. 코딩 이제 시작했어요."),
    ko("dain", "황다인", "사진이랑 포스터 만들어요."),
    ko("wonjae", "안원재", "실험실에 있으면 시간이 빨리 가요."),
    ko("yuna", "송유나", "그림 그리는 고3"),
    en("noah", "Noah Kim (김노아)", "Half Busan, half Vancouver."),
    en("grace", "Grace Thompson", "Library, always. Reading level in Korean: picture books."),
    ko("jiho", "박지호", "농구, 그리고 가끔 수학."),
    ko("seungmin", "배승민", "운동화 모으는 사람 👟"),
    ko("hyeri", "고혜리", "영어 말하기 대회 준비 중"),
    en("kai", "Kai Anderson", "Exchange student, grade 12. Debate club."),
    ko("sehun", "문세훈", "이모티콘은 많을수록 좋다"),
    ko("dohyun", "남도현", "체육관에 살아요."),
    ko("jaewon", "표재원", "고전만 읽습니다."),
    ko("minji", "백민지", ""),
    ko("promo", "혜택알리미", "쿠폰 소식을 가장 먼저!"),
    ko("alumni", "졸업생 선배", "후배들을 도와주러 왔어요."),
];

/// Who administers, in the order in which they came; the first administrator of all comes last, and stands apart.
pub(super) const STAFF: &[(DemoPerson, AdminRole)] = &[
    (ko("moderator", "박서윤 (학생회 지킴이)", ""), AdminRole::Moderator),
    (ko("guidance", "한지원 선생님 (생활지도부)", ""), AdminRole::Admin),
    (ko("deputy", "오정민 교감선생님", ""), AdminRole::Admin),
    (en("observer", "Helen Park (parents' council)", ""), AdminRole::Viewer),
];
