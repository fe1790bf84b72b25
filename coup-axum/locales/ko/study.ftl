## 상태

state-recruiting = 모집 중
state-full = 정원 마감
state-not-recruiting = 모집 안 함
state-closed = 종료됨

## 분류

category-programming = 프로그래밍
category-language = 외국어
category-certificate = 자격증
category-exam = 시험 준비
category-reading = 독서
category-science = 수학·과학
category-arts = 예술
category-career = 취업·진로
category-etc = 기타

## 수준

level-beginner = 처음이에요
level-intermediate = 어느 정도 해 봤어요
level-advanced = 잘하는 편이에요

## 스터디

study-name = 스터디 이름
study-name-example = 월요일 저녁 러스트 읽기
study-emoji = 그림
study-description = 설명
study-description-hint = 무엇을, 언제, 어떻게 공부하는지 적어 주세요
study-category = 분류
study-sub-category = 세부 분류
study-sub-category-example = 예: 토익
study-tags = 태그
study-tags-hint = 쉼표로 나눠 적어 주세요. 예: 러스트, 초보 환영
study-members = 멤버
study-capacity = 정원
study-capacity-hint = 방장을 포함한 수예요
study-time-zone = 시간대
study-time-zone-hint = 일정과 시각을 이 시간대로 보여 줘요
study-auto-approve = 신청하면 바로 가입
study-auto-approve-hint = 끄면 방장이나 관리자가 신청을 하나씩 승인해요
study-recruiting = 멤버 모집하기
study-recruiting-hint = 모집하지 않을 때는 초대 링크로만 들어올 수 있어요
study-public = 공개하기
study-public-hint = 공개하지 않으면 검색에 나오지 않고 초대받은 사람만 볼 수 있어요
study-private = 비공개
study-rating = 평점
study-reviews = 후기 { $count }개
study-about = 소개
study-entry = 가입 방식
study-entry-at-once = 바로 가입
study-entry-asked = 승인 후 가입
study-created = 만든 날
study-what = 어떤 스터디인가요?
study-how = 어떻게 모이나요?
study-new = 스터디 만들기
study-new-lead = 나중에 모두 바꿀 수 있으니 가볍게 시작해 보세요
study-new-button = 스터디 만들기

## 찾기

browse-title = 스터디 찾기
browse-lead = 관심 있는 주제로 함께 공부할 사람을 찾아보세요
browse-none-title = 조건에 맞는 스터디가 없어요
browse-none-text = 검색어를 줄이거나 조건을 몇 개 빼 보세요
browse-empty-title = 아직 스터디가 없어요
browse-empty-text = 스터디는 함께 공부하고 이야기하는 작은 모임이에요. 첫 스터디를 만들어 보세요
filter-label = 조건으로 찾기
filter-query = 검색어
filter-recruiting = 모집
filter-any = 전체
filter-more = 조건 더 보기
filter-tag = 태그
filter-min-members = 최소 인원
filter-max-members = 최대 인원
filter-min-rating = 최소 평점
filter-stars = { $count }점 이상
filter-apply = 찾기
filter-clear = 조건 모두 지우기
filter-remove = 조건 빼기
chip-min-members = { $name }명 이상
chip-max-members = { $name }명 이하
chip-min-rating = 평점 { $name } 이상
sort-label = 정렬
sort-created = 최신순
sort-members = 멤버 많은 순
sort-rating = 평점 높은 순

## 가입

join-title = 가입
join-introduction = 자기소개
join-introduction-example = 어떤 공부를 해 왔는지 알려 주세요
join-motivation = 함께하고 싶은 이유
join-motivation-example = 이 스터디에서 무엇을 얻고 싶은지 알려 주세요
join-level = 지금 수준
join-level-none = 고르지 않음
join-at-once-text = 승인 없이 바로 들어올 수 있어요
join-at-once-button = 가입하기
join-asked-text = 방장이나 관리자가 승인하면 들어올 수 있어요
join-asked-button = 가입 신청하기
join-pending-title = 승인을 기다리고 있어요
join-pending-text = { $name }에 신청했어요
join-withdraw = 신청 거두기
join-member = 이 스터디의 멤버예요
join-enter = 스터디로 가기
join-full-title = 정원이 찼어요
join-full-text = 자리가 나면 가입할 수 있어요
join-not-recruiting-title = 지금은 모집하지 않아요
join-not-recruiting-text = 초대 링크를 받으면 들어올 수 있어요
join-closed-title = 종료된 스터디예요
join-closed-text = 새로 가입할 수 없어요
join-kicked-title = 이 스터디에 가입할 수 없어요
join-kicked-text = 스터디에서 내보내진 적이 있어요. 방장이나 관리자가 풀어 주면 다시 가입할 수 있어요
join-rejected-title = 신청이 받아들여지지 않았어요
join-rejected-text = { $name }부터 다시 신청할 수 있어요

## 초대

invite-title = 스터디 초대
invite-from = { $name } 님이 초대했어요
invite-text = 이 초대로 승인 없이 바로 들어올 수 있어요.
invite-expires = 초대는 { $name }까지예요.
invite-button = 초대 받고 가입하기
invite-refused-title = 쓸 수 없는 초대예요
invite-refused-text = 기간이 지났거나, 다 쓰였거나, 새 링크로 바뀌었을 수 있어요. 초대한 사람에게 새 링크를 부탁해 보세요

## 홈

home-talk = 이야기
home-talk-link = 채팅 열기
home-talk-empty = 아직 이야기가 없어요. 첫인사를 건네 보세요
home-unread = 안 읽은 메시지가 { $count }개 있어요
home-all-read = 모두 읽었어요
home-requests = 가입 신청 { $count }건이 기다리고 있어요
home-requests-link = 신청 보기
home-members-link = 멤버 모두 보기
home-facts = 스터디 정보
home-closed-title = 종료된 스터디예요
home-closed-text = 읽을 수는 있지만 새로 쓰거나 바꿀 수는 없어요

## 나가기

leave-button = 스터디 나가기

## 설정

settings-reach = 모집과 공개
settings-recruiting-on = 멤버를 모집하고 있어요
settings-recruiting-off = 멤버를 모집하지 않아요
settings-recruiting-stop = 모집 멈추기
settings-recruiting-start = 모집 시작하기
settings-public = 공개 스터디예요
settings-private = 비공개 스터디예요
settings-public-text = 누구나 찾고 볼 수 있어요
settings-private-text = 검색에 나오지 않고, 초대받은 사람만 들어올 수 있어요
settings-make-private = 비공개로 바꾸기
settings-make-public = 공개로 바꾸기
settings-closed-text = 다시 열면 설정을 바꿀 수 있어요
settings-end = 스터디 마치기
close-title = 스터디 종료하기
close-hint = 아무도 새로 쓸 수 없게 돼요. 멤버는 계속 읽을 수 있고, 다시 열 수 있어요
reopen-title = 스터디 다시 열기
reopen-hint = 멤버들이 다시 쓰고 이야기할 수 있어요
delete-title = 스터디 삭제하기
delete-hint = 아무도 더는 볼 수 없고, 되돌릴 수 없어요

## 내 스터디

mine-empty-title = 아직 함께하는 스터디가 없어요
mine-empty-text = 스터디에 가입하면 여기에서 바로 들어갈 수 있고, 새 이야기도 알려 드려요
mine-members = 멤버 { $count }명
mine-asked = 승인을 기다리는 스터디
mine-asked-at = { $name } 신청

## 묻기

withdraw-title = 신청을 거둘까요?
withdraw-text = ‘{ $name }’ 가입 신청이 없어져요. 나중에 다시 신청할 수 있어요
leave-title = 스터디에서 나갈까요?
leave-text = ‘{ $name }’ 스터디에서 나가면 이렇게 돼요
leave-point-chat = 채팅과 멤버 목록을 더는 볼 수 없어요
leave-point-again = 나중에 다시 가입할 수 있어요
close-question = 스터디를 종료할까요?
close-text = ‘{ $name }’ 스터디를 종료하면 이렇게 돼요
close-point-read = 멤버는 계속 읽을 수 있지만 새로 쓸 수 없어요
close-point-join = 아무도 새로 가입할 수 없어요
close-point-again = 언제든지 다시 열 수 있어요
delete-question = 스터디를 삭제할까요?
delete-text = ‘{ $name }’ 스터디를 삭제하면 이렇게 돼요
delete-point-gone = 모든 멤버가 더는 스터디를 볼 수 없어요
delete-point-final = 되돌릴 수 없어요
