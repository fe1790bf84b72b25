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
confirm-lead-code = 중요한 일이라서 인증 코드를 한 번 더 확인해요
confirm-button = 확인하기


## 프로필 사진

picture-title = 프로필 사진
picture-lead = 이름 옆에 보이는 사진이에요. 가운데를 정사각형으로 잘라서 작게 저장하고, 찍은 곳이나 기기 정보는 남기지 않아요
picture-now = 지금 보이는 사진이에요
picture-none = 아직 사진이 없어서 이름의 첫 글자가 보여요
picture-file = 사진 파일
picture-hint = JPEG, PNG, WebP. 10MB 이하
picture-button = 사진 바꾸기
picture-remove = 사진 지우기
picture-open = 바꾸기

## 2단계 인증

code-title = 인증 코드 입력
code-lead = 인증 앱에 보이는 여섯 자리 코드를 입력해 주세요
code-lost = 휴대전화도 복구 코드도 없다면 관리자에게 알려 주세요.
code-again = 처음부터 다시 로그인하기
factor-title = 2단계 인증
factor-text = 켜 두면 로그인할 때 비밀번호와 함께 휴대전화의 코드를 확인해요. 비밀번호가 새어 나가도 다른 사람이 로그인하지 못해요
factor-on = 켜짐
factor-open = 관리하기
factor-is-on = 2단계 인증이 켜져 있어요
factor-is-off = 2단계 인증이 꺼져 있어요
factor-since = { $name }에 켰어요
factor-required = 관리자는 켜 두어야 해요
factor-need = 휴대전화에 Google Authenticator 같은 인증 앱이 필요해요.
factor-set-up = 설정하기
factor-off = 2단계 인증 끄기
factor-off-button = 끄기
factor-off-question = 2단계 인증을 끌까요?
factor-off-text = 비밀번호만으로 로그인할 수 있게 돼요. 남은 복구 코드는 쓸 수 없게 돼요
factor-code = 인증 코드
factor-code-hint = 인증 앱에 보이는 여섯 자리 숫자예요
factor-recovery = 복구 코드
factor-recovery-hint = 2단계 인증을 켤 때 보관해 둔 12자예요. 한 번씩만 쓸 수 있어요
factor-recovery-open = 휴대전화를 쓸 수 없나요?
set-up-title = 2단계 인증 설정
set-up-scan = 1. 인증 앱으로 찍어 주세요
set-up-scan-text = 휴대전화의 인증 앱에서 계정 추가를 누르고 이 그림을 찍어 주세요
set-up-picture = 인증 앱으로 찍는 QR 코드. 찍을 수 없다면 아래 키를 입력해 주세요
set-up-type = 찍을 수 없다면 이 키를 입력해 주세요
set-up-type-text = 시간 기반 코드예요. 이 키는 아무에게도 보여 주지 마세요
set-up-here = 이 기기의 인증 앱에서 열기
set-up-confirm = 2. 앱에 보이는 코드를 입력해 주세요
set-up-code-hint = 여섯 자리 숫자예요. 30초마다 바뀌어요
set-up-text = 켜면 다른 기기에서는 모두 로그아웃돼요
set-up-button = 2단계 인증 켜기
codes-title = 복구 코드
codes-turned-on = 2단계 인증을 켰어요
codes-keep = 휴대전화를 잃어버렸을 때 인증 코드 대신 쓸 수 있어요. 하나를 한 번씩 쓸 수 있어요
codes-once = 지금 한 번만 보여 드려요. 안전한 곳에 적거나 저장한 다음에 이 화면을 떠나 주세요.
codes-count = 복구 코드 { $count }개
codes-copy = 복사하기
codes-copied = 복구 코드를 복사했어요
codes-print = 브라우저의 인쇄 기능으로 종이에 뽑아 둘 수도 있어요
codes-kept = 보관했어요
codes-left = { $count }개 남았어요.
codes-text = 새로 만들면 전에 만든 것은 쓸 수 없어요
codes-new = 새로 만들기
guard-missing = 관리자 일을 하려면 2단계 인증을 켜야 해요.
guard-set-up = 2단계 인증 설정하기
guard-off = 관리자의 2단계 인증을 요구하지 않고 있어요. 실제로 운영하는 곳이라면 설정에서 켜 주세요.

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
