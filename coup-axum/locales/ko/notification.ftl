## 알림

nav-notifications = 알림
notifications-count = 읽지 않은 알림 { $count }개
notifications-title = 알림
notifications-lead = 가입, 신고, 제재처럼 나에게 생긴 일을 모아 알려 드려요
notifications-show = 보여 줄 알림
notifications-all = 전체
notifications-unread = 읽지 않음
notifications-read-all = 모두 읽음으로 표시
notifications-see-all = 전체 보기
notifications-none-title = 아직 알림이 없어요
notifications-none-text = 가입 승인이나 신고 결과처럼 알려 드릴 일이 생기면 여기에 모여요
notifications-none-unread-title = 모두 읽었어요
notifications-none-unread-text = 새 알림이 오면 위쪽 종 모양에 숫자로 보여 드려요
notifications-end-title = 여기에는 더 없어요
notifications-end-text = 처음으로 돌아가면 새 알림을 볼 수 있어요

notification-unread = 읽지 않음
notification-read = 읽음으로 표시
notification-delete-action = 삭제
notification-delete-question = 이 알림을 삭제할까요?
notification-delete-point = 알림만 사라져요. 알림이 말하는 일은 그대로예요

told-join-requested = { $name }님이 가입을 신청했어요
told-join-approved = 가입 신청이 승인되었어요
told-join-rejected = 가입 신청이 거절되었어요
told-kicked = 스터디에서 내보내졌어요
told-role-owner = 이제 이 스터디의 방장이에요
told-role-admin = 이 스터디의 관리자가 되었어요
told-role-member = 이 스터디의 멤버가 되었어요
told-posting-paused = { $name }까지 글을 쓸 수 없어요
told-posting-goes-on = 다시 글을 쓸 수 있어요
told-message-removed = 운영자가 내 메시지를 삭제했어요
told-report-resolved = 신고가 받아들여졌어요: { $name }
told-report-rejected = 신고가 받아들여지지 않았어요: { $name }
told-report-assigned = 처리할 신고를 맡았어요
told-report-urgent = 긴급 신고가 들어왔어요. 지금 확인해 주세요
told-report-escalated = 오래 기다린 신고가 올라왔어요
told-sanction-imposed = 제재를 받았어요: { $name }
told-sanction-lifted = 제재가 해제되었어요: { $name }
told-sanction-reduced = 제재가 줄었어요: { $name }
told-sanction-ended = 제재가 끝났어요: { $name }
told-appeal-made = 이의 제기가 들어왔어요: { $name }
told-appeal-upheld = 이의 제기를 살펴봤지만 제재를 그대로 두어요
told-appeal-reduced = 이의 제기를 받아들여 제재를 줄였어요
told-appeal-overturned = 이의 제기를 받아들여 제재를 취소했어요
told-review-upheld = 내가 내린 제재에 대한 이의 제기 결과: 그대로 두어요
told-review-reduced = 내가 내린 제재에 대한 이의 제기 결과: 줄였어요
told-review-overturned = 내가 내린 제재에 대한 이의 제기 결과: 취소했어요

member-reason = 이유 (당사자에게 보여요)

flash-notifications-read = 모두 읽음으로 표시했어요
flash-notification-deleted = 알림을 삭제했어요
