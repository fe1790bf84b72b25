## 운영 화면

nav-admin = 운영
nav-reports = 신고
nav-moderated = 신고된 메시지
nav-moderated-short = 메시지
nav-appeals = 이의 제기
nav-appeals-short = 이의 제기
nav-explain = 권한 확인
nav-explain-short = 권한
nav-site-settings = 설정
settings-lead = 저장하면 모든 서버에 바로 적용되고, 감사 기록에 남아요
settings-site = 사이트
settings-maintenance = 점검
settings-toggles = 기능
settings-identity = 계정
settings-studies = 스터디
settings-moderation = 신고와 제재
setting-changed = { $name }에 바꿨어요
setting-site-name = 사이트 이름
setting-site-name-hint = 비워 두면 처음 이름을 써요
setting-time-zone = 시간대
setting-time-zone-hint = 날짜를 이 시간대로 보여요. 예: Asia/Seoul
setting-maintenance-mode = 점검 모드
setting-maintenance-mode-hint = 켜면 관리자만 들어올 수 있고, 열려 있던 연결은 바로 끊겨요
setting-maintenance-message = 점검 안내
setting-maintenance-message-hint = 점검하는 동안 회원에게 보여요
setting-sign-up = 가입
setting-sign-up-hint = 끄면 새 계정을 만들 수 없어요
setting-google = Google로 로그인
setting-google-hint = 서버에 설정되어 있을 때만 쓸 수 있어요
setting-github = GitHub로 로그인
setting-github-hint = 서버에 설정되어 있을 때만 쓸 수 있어요
setting-study-creation = 스터디 만들기
setting-study-creation-hint = 끄면 새 스터디를 만들 수 없어요
setting-chat = 채팅
setting-chat-hint = 끄면 메시지를 읽을 수만 있어요
setting-password-min-length = 비밀번호 최소 길이
setting-password-min-length-hint = 새 비밀번호는 이보다 짧을 수 없어요
setting-session-hours = 로그인 유지 시간
setting-session-hours-hint = 이 시간이 지나면 다시 로그인해야 해요. 단위는 시간이에요
setting-session-idle = 쓰지 않을 때 로그인 유지 시간
setting-session-idle-hint = 이만큼 아무것도 하지 않으면 다시 로그인해야 해요. 단위는 분이에요
setting-verify-email = 가입할 때 이메일 확인
setting-verify-email-hint = 켜면 메일로 받은 코드를 적어야 계정이 만들어져요. 메일 서버가 있어야 켤 수 있어요
setting-rate-limits = 추측 시도 제한
setting-rate-limits-hint = 이 시간(분, minutes) 안에 이만큼 시도하면 잠시 기다려야 해요. address는 한 주소에서 틀린 횟수(학교 전체가 한 주소일 수 있어요), account는 처음 보는 브라우저에서 한 계정에 틀린 횟수, device는 로그인한 적 있는 브라우저에서 틀린 횟수, requests는 한 주소에서 가입·재설정 메일·외부 로그인을 시작한 횟수예요. JSON으로 적고, 1–1440분, 3–100000번 사이여야 해요
setting-admin-second-factor = 관리자의 2단계 인증
setting-admin-second-factor-hint = 켜면 관리자는 2단계 인증을 설정해야 관리자 일을 할 수 있어요
setting-default-capacity = 기본 정원
setting-default-capacity-hint = 정원을 정하지 않은 새 스터디의 자리 수예요
setting-max-capacity = 최대 정원
setting-max-capacity-hint = 스터디 정원은 이보다 클 수 없어요. 이미 더 큰 스터디는 그대로예요
setting-appeal-days = 이의 제기 기간
setting-appeal-days-hint = 제재를 받고 이만큼 동안 이의를 제기할 수 있어요. 단위는 일이에요
setting-strike-lapse-days = 제재 기록이 세어지는 기간
setting-strike-lapse-days-hint = 이만큼 지난 제재는 다음 제재를 정할 때 세지 않아요. 비워 두면 언제나 세어요. 단위는 일이에요
setting-ladder = 단계별 제재
setting-ladder-hint = 지난 제재에 따라 추천하는 제재예요. 가벼운 것부터 JSON으로 적어요
setting-classification = 신고 분류
setting-classification-hint = 신고가 얼마나 급한지 정하는 규칙이에요. JSON으로 적어요
nav-logs = 감사 기록
nav-logs-short = 기록
nav-own-sanctions = 내 이용 제한
crumbs-label = 현재 위치
host-name = 시스템

## 역할

admin-viewer = 조회 담당
admin-moderator = 중재자
admin-admin = 운영자
admin-super-admin = 최고 운영자

## 신고 종류와 상태

target-user = 사용자
target-study = 스터디
target-message = 메시지
report-type-spam = 스팸·광고
report-type-harassment = 괴롭힘
report-type-inappropriate = 부적절한 내용
report-type-copyright = 저작권 침해
report-type-other = 기타
report-type-safety = 안전 위협
priority-low = 낮음
priority-medium = 보통
priority-high = 높음
priority-urgent = 긴급
case-pending = 대기 중
case-in-progress = 처리 중
case-resolved = 승인됨
case-rejected = 기각됨

## 신고 목록

reports-lead = 급한 신고부터, 급한 정도가 같으면 오래된 신고부터 보여요
moderated-lead = 메시지마다 앞뒤 대화를 함께 볼 수 있어요
filter-status = 상태
filter-priority = 긴급도
filter-type = 종류
filter-target = 대상
filter-assigned = 담당
filter-mine = 내가 맡은 것
filter-from = 이날부터
filter-to = 이날까지
reports-no-match-title = 조건에 맞는 신고가 없어요
reports-no-match-text = 조건을 줄이면 더 많은 신고가 보여요
reports-none-title = 기다리는 신고가 없어요
reports-none-text = 새 신고가 들어오면 여기에 보여요
reports-count = 신고 { $count }건
report-no-words = 따로 적은 말이 없어요
report-open = 열기
holder-me = 내가 맡음
holder-named = { $name } 님이 맡음
holder-other = 다른 운영자가 맡음
case-held-until = { $name }까지 보류

## 신고 화면

report-title = 신고
report-first-at = 첫 신고 { $name }
report-part-title = 본인과 관련된 신고예요
report-part-text = 처리할 사람이 달리 없어서 열 수 있어요. 결정하려면 이유를 메모로 남겨야 해요
report-col-reported = 신고 내용
report-col-known = 증거와 이력
report-col-done = 처리
report-by = 신고한 사람
report-by-somebody = 신고한 사람은 보이지 않아요
person-not-shown = 누구인지 볼 권한이 없어요
report-weight = 신뢰도 { $count }%
snapshot-label = 신고 당시의 모습
snapshot-deleted = 삭제된 메시지
snapshot-hidden = 내용을 볼 권한이 없어요
report-offender = 신고된 사람
report-received = 받은 신고 { $limit }건 가운데 { $count }건이 승인됐어요
report-told = 당사자에게 알린 말
context-open = 앞뒤 대화 보기
history-title = 제재 이력
history-none = 제재를 받은 적이 없어요
sanction-active = 적용 중
sanction-mistaken = 잘못된 제재
sanction-lifted-at = { $name } 해제
evidence-title = 추가 증거
evidence-none = 아직 추가한 증거가 없어요
evidence-add = 증거 추가
evidence-text = 설명
evidence-links = 주소
report-links-hint = 한 줄에 하나씩, 10개까지 적을 수 있어요
notes-title = 내부 메모
notes-text = 운영자만 볼 수 있어요. 당사자에게는 알리지 않아요
notes-none = 메모가 없어요
notes-add = 메모 남기기
case-waits = 아직 맡은 사람이 없어요
case-lease-until = { $name }까지
case-escalated-to = { $name }에게 올림
case-take = 내가 맡기
case-release = 내려놓기
case-give = 다른 사람에게 맡기기
case-give-text = 맡은 사람에게 바로 알려 드려요
case-give-to = 맡을 사람
case-hand-up = 위로 올리기
case-hand-up-text = 권한이 더 높은 운영자에게 넘겨요

## 결정

decide-title = 결정
decide-approve = 승인
decide-reject = 기각
decide-hold = 보류
decide-hold-text = 더 알아보는 동안 맡아 두어요. 기한이 지나면 목록으로 돌아가요
decide-hold-until = 이날까지
decide-hold-hint = 비워 두면 3일 동안 보류해요
approve-report-title = 신고를 승인할까요?
reject-report-title = 신고를 기각할까요?
approve-no-measure = 이미 탈퇴한 사용자라 제재 없이 승인돼요
told-label = 당사자에게 알릴 말
told-hint = 신고한 사람과 제재를 받는 사람에게 그대로 보여요. 신고한 사람이 누구인지 적지 마세요
note-label = 내부 메모
note-hint = 운영자만 볼 수 있어요
note-part-hint = 본인과 관련된 신고를 결정하는 이유를 적어 주세요

## 제재

sanction-warning = 경고
sanction-chat-ban = 채팅 금지
sanction-chat-ban-days = 채팅 금지 { $count }일
sanction-file-upload-ban = 파일 올리기 금지
sanction-file-upload-ban-days = 파일 올리기 금지 { $count }일
sanction-study-create-ban = 스터디 만들기 금지
sanction-study-create-ban-days = 스터디 만들기 금지 { $count }일
sanction-restriction = 활동 제한
sanction-restriction-days = 활동 제한 { $count }일
sanction-suspension = 이용 정지
sanction-suspension-days = 이용 정지 { $count }일
sanction-permanent-ban = 영구 이용 정지
measure-label = 조치
measure-recommended = 권장
measure-length = 기간
measure-length-hint = 경고에는 기간이 없고, 영구는 이용 정지에만 고를 수 있어요
length-days = { $count }일
length-for-ever = 영구
notify-label = 이메일로도 알리기
notify-hint = 앱 안에서는 늘 알려 드려요
ladder-title = 권장 조치
ladder-counted = 지금까지
ladder-now = 이번에
ladder-next = 다음번에는
ladder-next-is = 다음번에는 { $name }
ladder-beyond = 권장 조치는 내 권한 밖이에요. 위로 올리거나 권한 안에서 결정할 수 있어요
strikes-warnings = 경고 { $count }번
strikes-suspensions = 이용 정지 { $count }번
sanction-question = { $name } 님을 제재할까요?
sanction-reason = 이유
sanction-reason-hint = 당사자에게 그대로 보여요
sanction-button = 제재하기
person-title = 사용자
person-open = 이 사람의 화면 보기
person-bio = 자기소개
person-account = 계정
person-email = 이메일
person-id = 식별자
person-created = 가입한 날
person-seen = 마지막 로그인
person-never = 아직 없어요
person-consent = 보호자 동의
person-consent-missing = 아직 동의를 받지 않았어요
person-activity = 활동
person-studies = 스터디 { $count }개
person-messages = 메시지 { $count }개
person-received = 받은 신고
person-made = 보낸 신고
person-made-none = 보낸 신고가 없어요
person-explain = 이 사람이 할 수 있는 일 확인하기
person-admin = 관리 권한 있음
user-active = 이용 중
user-suspended = 이용 정지
user-deleted = 탈퇴
age-under-14 = 14세 미만
age-under-19 = 14~18세
age-adult = 19세 이상
unsuspend-title = 이용 정지 풀기
unsuspend-question = { $name } 님의 이용 정지를 풀까요?
unsuspend-text = 지금 걸린 이용 정지가 모두 바로 풀려요. 다른 제재는 그대로예요
unsuspend-action = 이용 정지 풀기
quick-title = 바로 하기
quick-other = 다른 조치
lift-title = 제재를 해제할까요?
lift-text = 바로 효력이 없어져요. 다른 제재는 그대로예요
lift-action = 해제하기
lift-mistaken = 잘못된 제재였어요
lift-mistaken-hint = 다음 권장 조치를 정할 때 세지 않아요

## 이의 제기

appeal-title = 이의 제기
appeal-pending = 검토 중
appeal-upheld = 제재 유지
appeal-reduced = 제재 완화
appeal-overturned = 제재 취소
appeals-lead = 오래 기다린 순서예요. 본인이 내린 제재는 보이지 않아요
appeals-none-title = 이의 제기가 없어요
appeals-none-text = 제재를 받은 사람이 이의를 제기하면 여기에 보여요
appeal-says = 이의 내용
appeal-against = 어떤 제재인가요
appeal-report = 제재의 근거가 된 신고 보기
ruling-uphold = 그대로 두기
ruling-reduce = 가볍게 하기
ruling-overturn = 취소하기
ruling-reduce-to = 바꿀 제재
ruling-reduce-hint = ‘가볍게 하기’를 골랐을 때만 적용돼요
ruling-words = 결정 이유
ruling-words-hint = 이의를 제기한 사람과 제재한 운영자가 함께 봐요
ruling-button = 결정하기
ruling-by = { $name }의 결정

## 신고된 메시지

context-title = 앞뒤 대화
context-lead = 열람한 사실이 감사 기록에 남아요
context-reported = 신고된 메시지
context-deleted = 삭제됨
remove-title = 메시지 삭제
remove-text = 자리에는 삭제되었다는 표시만 남아요
remove-reason-hint = 쓴 사람에게 그대로 보여요
remove-button = 삭제하기

## 감사 기록

log-lead = 운영자가 한 모든 일이 남아요. 지우거나 고칠 수 없어요
log-verify = 기록 검증하기
log-sound = 기록 { $count }건이 모두 온전해요
log-erased = 지워진 개인 정보 { $count }개
log-broken = 기록이 바뀌었어요
log-none-title = 조건에 맞는 기록이 없어요
log-none-text = 조건을 바꿔 보세요
log-when = 언제
log-who = 누가
log-action = 무엇을
log-target = 무엇에
log-details = 이유와 값
log-target-id = 대상 식별자
log-admin-id = 운영자 식별자
log-unreadable = 읽을 수 없는 기록
log-values = 값 { $count }개

## 권한 확인

explain-lead = 이 사람이 이 일을 할 수 있는지, 어떤 규칙 때문인지 알려 드려요
explain-permission = 무엇을
explain-role = 어떤 역할로
explain-role-hint = 스터디 안의 일이면 스터디 역할을 골라 주세요
explain-user = 누구 (식별자)
explain-user-hint = 적으면 지금 받고 있는 제재도 함께 따져요
explain-button = 확인하기
explain-allowed = 할 수 있어요
explain-denied = 할 수 없어요
explain-rule-allows = 허용하는 규칙
explain-rule-denies = 거부하는 규칙
explain-inherited = { $name }에게서 물려받음
explain-through = { $name } 묶음에 속함
explain-no-rule = 허용하는 규칙이 없어요
explain-least = 이 일을 할 수 있는 가장 낮은 역할: { $name }

## 신고하기

report-action = 신고하기
reporting-title = 신고하기
reporting-lead = 누가 신고했는지 상대방은 알 수 없어요
reporting-safety-title = 누군가 위험한가요?
reporting-safety-text = 협박이나 자해처럼 급한 일이면 이 단추만 눌러 주세요. 따로 적지 않아도 운영자에게 바로 알려 드려요
reporting-safety-button = 지금 바로 알리기
reporting-type = 무엇이 문제인가요?
reporting-reason = 자세한 내용
reporting-reason-hint = 무슨 일이 있었는지 알려 주세요
reporting-links = 참고할 주소
reporting-button = 신고하기
own-reports-title = 내 신고
own-reports-lead = 보낸 신고가 어떻게 되었는지 알려 드려요
own-reports-none-title = 보낸 신고가 없어요
own-reports-none-text = 메시지나 스터디, 멤버의 메뉴에서 신고할 수 있어요
report-answer = 운영자의 답

## 내 이용 제한

own-sanctions-lead = 받은 제재와 이유, 끝나는 때를 알려 드려요
own-sanctions-none-title = 받은 제재가 없어요
own-sanctions-none-text = 앞으로도 즐겁게 함께해요
own-sanction-from = { $name } 시작
own-sanction-until = { $name }까지 적용돼요
own-sanction-for-ever = 기한 없이 계속돼요
appeal-action = 이의 제기하기
appeal-until = { $name }까지 한 번 이의를 제기할 수 있어요. 제재한 사람이 아닌 다른 운영자가 결정해요
appeal-text = 하고 싶은 말
appeal-text-hint = 왜 잘못되었다고 생각하는지 적어 주세요. 2,000자까지 쓸 수 있어요
appeal-button = 이의 제기 보내기

## 작성 일시 중지

pause-action = 글쓰기 멈추기
pause-question = { $name } 님의 글쓰기를 잠시 멈출까요?
pause-text = 이 스터디에서만 그동안 글을 쓸 수 없어요. 제재가 아니어서 이력에 남지 않고, 당사자에게는 알려 드려요
pause-until = { $name }까지 멈춰 있어요
pause-length = 기간
pause-days = { $count }일
pause-button = 멈추기
pause-end = 바로 풀기
member-paused = 글쓰기 멈춤
problem-sanctions = 이유 보기와 이의 제기

## 방금 한 일

flash-case-taken = 신고를 맡았어요
flash-case-given = 신고를 맡겼어요
flash-case-released = 신고를 내려놓았어요
flash-case-handed-up = 신고를 위로 올렸어요
flash-case-approved = 신고를 승인했어요. 당사자에게 알렸어요
flash-case-rejected = 신고를 기각했어요. 신고한 사람에게 알렸어요
flash-case-held = 신고를 보류했어요
flash-case-added = 남겼어요
flash-sanctioned = 제재했어요. 당사자에게 알렸어요
flash-lifted = 제재를 해제했어요
flash-unsuspended = 이용 정지를 풀었어요. 당사자에게 알렸어요
flash-appeal-decided = 이의 제기를 결정했어요
flash-appealed = 이의를 제기했어요. 결정되면 알려 드려요
flash-reported = 신고했어요. 어떻게 되었는지 알려 드려요
flash-paused = 글쓰기를 멈췄어요
flash-pause-ended = 다시 글을 쓸 수 있어요
