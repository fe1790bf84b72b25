brand = CoUp
skip = 본문으로 건너뛰기
foot-words = 함께 공부하는 사람들이 모이는 곳
person-gone = 탈퇴한 사용자

## 이동

nav-main = 주요 메뉴
nav-bottom = 아래쪽 메뉴
nav-study = 스터디 메뉴
nav-studies = 스터디 찾기
nav-my-studies = 내 스터디
nav-me = 내 정보
nav-sign-in = 로그인
nav-sign-out = 로그아웃
nav-home = 스터디 홈
nav-home-short = 홈
nav-chat = 채팅
nav-members = 멤버
nav-requests = 가입 신청
nav-settings = 설정
search-label = 스터디 검색
search-placeholder = 이름이나 설명으로 찾기
menu-label = 내 메뉴와 화면 설정
theme-label = 화면 밝기
theme-system = 자동
theme-light = 밝게
theme-dark = 어둡게
language-label = 언어
unread-count = 안 읽은 메시지 { $count }개
requests-count = 기다리는 가입 신청 { $count }건

## 동작

action-save = 저장하기
action-cancel = 취소
action-close = 닫기

## 양식

form-optional = (선택)
form-errors =
    { $count ->
        [1] 확인해 주세요
       *[other] { $count }가지를 확인해 주세요
    }
error-prefix = 오류:

## 목록 넘기기

pages-label = 목록 넘기기
pages-first = 처음으로
pages-next = 다음

## 날짜와 시간

date = { $year }년 { $month }월 { $day }일
date-with-weekday =
    { $year }년 { $month }월 { $day }일 { $weekday ->
        [1] 월요일
        [2] 화요일
        [3] 수요일
        [4] 목요일
        [5] 금요일
        [6] 토요일
       *[7] 일요일
    }
time =
    { $half ->
        [am] 오전
       *[pm] 오후
    } { $hour }:{ $minute }
date-and-time = { $date } { $time }
ago-now = 방금
ago-minutes = { $count }분 전
ago-hours = { $count }시간 전
ago-days = { $count }일 전
form-sent-already = 이 화면에서 다른 내용으로 이미 보냈고, 그 내용이 적용됐어요. 한 번 더 하려는 게 맞는지 확인한 다음 다시 보내 주세요
left-now = 곧 끝남
left-minutes = { $count }분 남음
left-hours = { $count }시간 남음
left-days = { $count }일 남음

## 방금 한 일

flash-saved = 저장했어요
flash-password-changed = 비밀번호를 바꿨어요. 다른 기기에서는 모두 로그아웃되었어요
flash-second-factor-off = 2단계 인증을 껐어요
flash-password-reset = 새 비밀번호를 정했어요. 이제 로그인해 주세요
flash-session-ended = 그 기기에서 로그아웃했어요
flash-signed-out-everywhere = 모든 기기에서 로그아웃했어요
flash-account-deleted = 탈퇴했어요. 그동안 함께해 주셔서 고마워요
flash-confirmed = 확인했어요. 하려던 일을 한 번 더 눌러 주세요
flash-founded = 스터디를 만들었어요. 이제 함께할 사람을 초대해 보세요
flash-joined = 스터디에 가입했어요. 반가워요!
flash-asked = 가입을 신청했어요. 승인되면 들어올 수 있어요
flash-withdrawn = 가입 신청을 거두었어요
flash-left = 스터디에서 나왔어요
flash-approved = 가입을 승인했어요
flash-rejected = 가입 신청을 거절했어요
flash-appointed = 관리자로 임명했어요
flash-dismissed = 관리자에서 해제했어요
flash-kicked = 스터디에서 내보냈어요
flash-reinstated = 다시 가입할 수 있게 했어요
flash-transferred = 방장을 넘겼어요
flash-invited = 초대 링크를 만들었어요
flash-revoked = 초대 링크를 없앴어요
flash-rotated = 기본 초대 링크를 바꿨어요
flash-closed = 스터디를 종료했어요
flash-reopened = 스터디를 다시 열었어요
flash-deleted = 스터디를 삭제했어요
flash-message-deleted = 메시지를 삭제했어요
flash-picture-set = 사진을 바꿨어요
flash-picture-removed = 사진을 지웠어요
flash-identity-linked = 연결했어요
flash-identity-unlinked = 연결을 끊었어요
flash-signed-out = 로그아웃했어요

## 보고 있던 스터디를 더 볼 수 없을 때

cut-kicked-title = 이 스터디에서 내보내졌어요
cut-kicked-text = 스터디 운영자가 내보냈어요. 이제 이 스터디의 이야기를 볼 수 없어요
cut-left-title = 스터디에서 나왔어요
cut-left-text = 이제 이 스터디의 이야기를 볼 수 없어요
cut-deleted-title = 스터디가 삭제되었어요
cut-deleted-text = 주고받은 이야기도 함께 삭제되었어요
cut-sanctioned-title = 이용이 제한되었어요
cut-sanctioned-text = 규칙을 어겨 운영진이 이용을 제한했어요. 이의를 제기할 수 있어요
cut-reason = 이유
cut-until = 끝나는 때
cut-sanctioned-link = 이유 보기와 이의 제기
