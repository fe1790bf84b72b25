## 역할

role-owner = 방장
role-admin = 관리자
role-member = 멤버

## 멤버

members-tab = 멤버
member-role = 역할
member-joined = 가입한 날
member-me = 나
member-actions = 관리
member-manage = 관리
members-alone-title = 아직 혼자예요
members-alone-text = 초대 링크를 친구에게 보내면 승인 없이 바로 들어올 수 있어요
members-alone-action = 초대하기
appoint-action = 관리자로 임명
dismiss-action = 관리자 해제
transfer-action = 방장 넘기기
kick-action = 내보내기

## 가입 신청

requests-asked = { $name } 신청
requests-no-words = 남긴 글이 없어요
requests-full-title = 정원이 찼어요
requests-full-text = 정원을 늘리거나 자리가 나야 승인할 수 있어요
requests-empty-title = 기다리는 신청이 없어요
requests-empty-text = 누군가 가입을 신청하면 여기에서 승인하거나 거절할 수 있어요
approve-action = 승인하기
reject-action = 거절하기

## 내보낸 사람

kicked-title = 내보낸 사람
kicked-text = 이 사람들은 어떤 방법으로도 다시 들어올 수 없어요. 풀어 주면 다시 가입할 수 있어요
kicked-empty-title = 내보낸 사람이 없어요
kicked-empty-text = 스터디에서 내보낸 사람은 여기에서 다시 풀어 줄 수 있어요
reinstate-action = 다시 가입할 수 있게 하기

## 초대

invites-title = 초대
invites-standing-title = 기본 초대 링크
invites-standing-text = 이 링크를 받은 사람은 승인 없이 바로 들어올 수 있어요
invites-copy = 복사
invites-copied = 링크를 복사했어요
invites-new-title = 새 초대 링크
invites-new-text = 기간이나 횟수를 정해 두면 그 뒤에는 쓸 수 없어요
invites-expiry = 쓸 수 있는 기간
invites-expires-day = 하루
invites-expires-week = 일주일
invites-expires-month = 30일
invites-expires-never = 계속
invites-max-uses = 쓸 수 있는 횟수
invites-no-limit = 제한 없음
invites-new-button = 링크 만들기
invites-list = 만든 초대 링크
invites-empty = 따로 만든 초대 링크가 없어요
invites-link = 초대 링크
invites-until = { $name }까지
invites-for-ever = 기간 제한 없음
invites-used = { $count }번 쓰임
invites-used-of = { $limit }번 중 { $count }번 쓰임
invites-by = { $name } 님이 만듦
invites-over = 더는 쓸 수 없음
rotate-action = 새 링크로 바꾸기
revoke-action = 없애기

## 묻기

reject-question = { $name } 님의 신청을 거절할까요?
reject-text = 24시간이 지나야 다시 신청할 수 있어요
appoint-question = { $name } 님을 관리자로 임명할까요?
appoint-text = 관리자는 이런 일을 할 수 있어요
appoint-point-members = 가입 신청을 승인하고, 멤버를 초대하고 내보내기
appoint-point-study = 스터디 정보와 모집 상태 바꾸기
appoint-point-chat = 다른 사람의 메시지 삭제하기
dismiss-question = { $name } 님을 관리자에서 해제할까요?
dismiss-text = 다시 일반 멤버가 돼요
transfer-question = { $name } 님에게 방장을 넘길까요?
transfer-text = 스터디의 방장은 한 사람뿐이라 이렇게 돼요
transfer-point-rights = 방장만 할 수 있는 일은 이제 새 방장만 할 수 있어요
transfer-point-back = 새 방장이 다시 넘겨줄 때만 돌려받을 수 있어요
kick-question = { $name } 님을 내보낼까요?
kick-text = 내보내면 이렇게 돼요
kick-point-chat = 바로 채팅과 스터디를 볼 수 없게 돼요
kick-point-again = 풀어 주기 전에는 초대 링크로도 다시 들어올 수 없어요
rotate-question = 새 링크로 바꿀까요?
rotate-text = 지금 링크는 바로 쓸 수 없게 돼요. 이미 들어온 사람은 그대로예요
revoke-question = 초대 링크를 없앨까요?
revoke-text = 이 링크로 더는 들어올 수 없어요. 이미 들어온 사람은 그대로예요
