## 로그인

sign-in-title = 로그인
sign-in-lead = 다시 만나서 반가워요
sign-in-button = 로그인하기
sign-in-new = 처음이세요?
sign-in-forgotten = 비밀번호를 잊으셨나요?
sign-in-waiting = 가입 편지의 코드를 아직 입력하지 않았다면


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
user-code = 코드
user-code-hint = 편지에 있는 12자예요. 대소문자와 줄표는 상관없어요
user-new-password = 새 비밀번호
user-current-password = 지금 비밀번호

## 편지로 확인하기

verify-title = 편지함을 확인해 주세요
verify-lead = 편지에 있는 코드를 입력하면 가입이 끝나요
verify-sent = { $name } 주소로 편지를 보냈어요. 몇 분이 지나도 오지 않으면 스팸함도 확인해 주세요.
verify-password-hint = 가입할 때 정한 비밀번호예요
verify-button = 가입 마치기
verify-again = 편지가 오지 않았나요?
verify-short = 코드 입력하기

## 비밀번호 다시 정하기

reset-title = 비밀번호 다시 정하기
reset-lead = 가입한 이메일 주소로 코드를 보내 드려요
reset-button = 코드 받기
reset-confirm-title = 새 비밀번호 정하기
reset-confirm-lead = 편지에 있는 코드와 새 비밀번호를 입력해 주세요
reset-sent = { $name } 주소에 계정이 있다면 편지를 보냈어요. 몇 분이 지나도 오지 않으면 스팸함도 확인해 주세요.
reset-confirm-button = 비밀번호 정하기
reset-confirm-text = 비밀번호를 정하면 모든 기기에서 로그아웃돼요

## 다시 확인하기

confirm-title = 본인 확인
confirm-lead = 중요한 일이라서 비밀번호를 한 번 더 확인해요
confirm-button = 확인하기


## 다른 서비스로 로그인

ways-or = 또는
ways-with = { $name }로 계속하기
identities-title = 연결된 계정
identities-text = 연결해 두면 그 서비스로 로그인할 수 있어요
identities-open = 관리하기
identities-empty = 이 사이트에서는 다른 서비스로 로그인하지 않아요
identity-none = 연결되지 않았어요
identity-since = { $name }에 연결했어요
identity-link = 연결하기
identity-unlink = 연결 끊기
identity-unlink-question = { $name } 연결을 끊을까요?
identity-unlink-text = 더는 { $name }로 이 계정에 로그인할 수 없어요. 나중에 다시 연결할 수 있어요
identity-going = { $name }로 이동하고 있어요
identity-going-text = 잠시 뒤에 넘어가요. 넘어가지 않으면 버튼을 눌러 주세요
identity-go = { $name }로 가기

## 내 정보 내려받기와 탈퇴

account-title = 내 정보 내려받기와 탈퇴
account-text = 내 정보를 파일로 받거나 계정을 탈퇴할 수 있어요
account-open = 열기
account-export = 내 정보 내려받기
account-export-text = 프로필과 참여한 스터디, 내가 쓴 메시지와 신고, 받은 알림이 파일 하나에 담겨요. 다른 사람의 이름과 글은 들어 있지 않아요
account-export-button = 내려받기
account-delete = 계정 탈퇴
account-delete-text = 탈퇴하면 되돌릴 수 없어요. 탈퇴하면 이렇게 돼요
account-delete-erased = 이름, 이메일 주소, 소개를 비롯한 개인정보를 바로 지워요
account-delete-left = 모든 스터디에서 나가고 모든 기기에서 로그아웃돼요
account-delete-stays = 내가 쓴 메시지는 ‘탈퇴한 사용자’ 이름으로 남아요
account-delete-first = 필요하다면 먼저 내 정보를 내려받아 두세요
account-delete-owned = 아직 방장인 스터디가 있어요. 방장을 넘기거나 스터디를 종료하면 탈퇴할 수 있어요
account-delete-barred = 정지된 동안에는 탈퇴할 수 없어요
account-delete-sure = 되돌릴 수 없다는 것을 확인했어요
account-delete-button = 탈퇴하기

## 내 정보

me-profile = 프로필
me-since = { $name } 가입
me-password = 비밀번호
me-password-text = 바꾸면 다른 기기에서는 모두 로그아웃돼요
me-password-button = 비밀번호 바꾸기
me-sessions = 로그인한 기기
me-sessions-text = 모르는 기기가 있으면 로그아웃하고 비밀번호를 바꾸세요
me-sessions-empty = 로그인한 기기가 없어요
me-session-current = 이 기기
me-session-seen = { $name }에 마지막으로 썼어요
me-session-since = { $name }에 로그인
me-session-unknown = 알 수 없는 프로그램
me-session-end = 로그아웃
me-sign-out-everywhere = 모든 기기에서 로그아웃
me-sign-out-everywhere-text = 이 기기에서도 로그아웃돼요
me-bio-hint = 무엇을 공부하는지, 무엇에 관심이 있는지 적어 보세요
me-sign-out-text = 함께 쓰는 컴퓨터라면 꼭 로그아웃하세요
