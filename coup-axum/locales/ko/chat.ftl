chat-list = 주고받은 메시지
chat-older = 이전 메시지 더 보기
chat-newer = 이후 메시지 더 보기
chat-latest = 최근 메시지로
chat-empty-title = 아직 이야기가 없어요
chat-empty-text = 여기에서 스터디 멤버들과 이야기해요. 첫인사를 건네 보세요
chat-unread = 여기부터 안 읽었어요
chat-mark-read = 모두 읽음으로 표시 ({ $count })
chat-deleted = 삭제된 메시지예요
chat-edited = 수정됨
chat-readers = 읽음 { $count }
chat-actions = 메시지 메뉴
chat-edit = 수정하기
chat-edit-label = 메시지 수정
chat-delete = 삭제하기
chat-compose = 메시지 쓰기
chat-send = 보내기
chat-keys = Enter로 보내고 Shift+Enter로 줄을 바꿔요
chat-offline = 연결이 끊겼어요. 쓴 글은 그대로 있고, 다시 연결되면 이어져요
chat-failed = 보내지 못했어요
chat-sending = 보내는 중
chat-retry = 다시 보내기
chat-hidden-title = 운영진이 가린 스터디예요
chat-hidden-text = 읽을 수는 있지만 새로 쓸 수는 없어요
chat-paused-title = 지금은 글을 쓸 수 없어요
chat-paused-text = { $name }부터 다시 쓸 수 있어요

## 검색

chat-search-label = 메시지 검색
chat-search-title = ‘{ $name }’ 검색
chat-search-results = 검색 결과
chat-search-none-title = ‘{ $name }’에 맞는 메시지가 없어요
chat-search-none-text = 다른 낱말로 찾아보세요
chat-back = 채팅으로 돌아가기
chat-delete-question = 메시지를 삭제할까요?
chat-delete-own-text = 모두에게 보이지 않게 되고, 삭제했다는 표시가 남아요
chat-delete-others-text = 다른 사람이 쓴 메시지예요. 모두에게 보이지 않게 되고, 삭제했다는 표시가 남아요
