## 로그인

sign-in-title = 로그인
sign-in-lead = 다시 만나서 반가워요
sign-in-button = 로그인하기
sign-in-new = 처음이세요?

## 가입

sign-up-title = 회원가입
sign-up-lead = 함께 공부할 사람들을 만나 보세요
sign-up-closed = 지금은 새 계정을 받지 않아요. 계정이 있다면 로그인해 주세요
sign-up-button = 가입하기
sign-up-old = 이미 계정이 있으세요?
sign-up-name-hint = 스터디에서 다른 사람에게 보이는 이름이에요
sign-up-password-hint = { $count }자 이상이면 돼요. 기억하기 쉬운 단어를 여러 개 이어 보세요
user-name = 이름
user-email = 이메일
user-password = 비밀번호
user-bio = 소개

## 내 정보

me-profile = 프로필
me-since = { $name } 가입
me-bio-hint = 무엇을 공부하는지, 무엇에 관심이 있는지 적어 보세요
me-sign-out-text = 함께 쓰는 컴퓨터라면 꼭 로그아웃하세요
