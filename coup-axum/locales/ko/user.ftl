## 로그인

sign-in-title = 로그인
sign-in-lead = 다시 만나서 반가워요
sign-in-button = 로그인하기
sign-in-new = 처음이세요?

## 가입

sign-up-title = 회원가입
sign-up-lead = 함께 공부할 사람들을 만나 보세요
sign-up-button = 가입하기
sign-up-old = 이미 계정이 있으세요?
sign-up-name-hint = 스터디에서 다른 사람에게 보이는 이름이에요
sign-up-password-hint = { $count }자 이상이면 돼요. 기억하기 쉬운 단어를 여러 개 이어 보세요
user-name = 이름
user-email = 이메일
user-password = 비밀번호
user-bio = 소개

## 다른 서비스로 로그인

ways-or = 또는
ways-with = { $name }로 계속하기
identities-title = 연결된 계정
identities-text = 연결해 두면 그 서비스로 로그인할 수 있어요
identity-none = 연결되지 않았어요
identity-since = { $name }에 연결했어요
identity-link = 연결하기
identity-unlink = 연결 끊기
identity-unlink-question = { $name } 연결을 끊을까요?
identity-unlink-text = 더는 { $name }로 이 계정에 로그인할 수 없어요. 나중에 다시 연결할 수 있어요
identity-going = { $name }로 이동하고 있어요
identity-going-text = 잠시 뒤에 넘어가요. 넘어가지 않으면 버튼을 눌러 주세요
identity-go = { $name }로 가기

## 내 정보

me-profile = 프로필
me-since = { $name } 가입
me-bio-hint = 무엇을 공부하는지, 무엇에 관심이 있는지 적어 보세요
me-sign-out-text = 함께 쓰는 컴퓨터라면 꼭 로그아웃하세요
