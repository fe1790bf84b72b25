chat-list = Messages
chat-older = Older messages
chat-newer = Newer messages
chat-latest = Latest messages
chat-empty-title = Nothing has been said yet
chat-empty-text = This is where the study talks. Say hello first
chat-unread = New from here
chat-mark-read = Mark all as read ({ $count })
chat-deleted = This message was deleted
chat-edited = edited
chat-readers = Read by { $count }
chat-actions = Message menu
chat-edit = Edit
chat-edit-label = Edit message
chat-delete = Delete
chat-compose = Write a message
chat-send = Send
chat-keys = Enter sends, Shift+Enter starts a new line
chat-offline = Connection lost. What you wrote is kept, and it goes on once you are back
chat-failed = Not sent
chat-sending = Sending
chat-retry = Send again
chat-hidden-title = This study is hidden by a moderator
chat-hidden-text = You can read it, but not write
chat-paused-title = You cannot write at the moment
chat-paused-text = You can write again from { $name }

## Search

chat-search-label = Search messages
chat-search-title = Search for “{ $name }”
chat-search-results = Search results
chat-search-none-title = No message has “{ $name }”
chat-search-none-text = Try another word
chat-back = Back to chat
chat-delete-question = Delete the message?
chat-delete-own-text = Nobody sees it any more; a mark says that it was deleted
chat-delete-others-text = Somebody else wrote it. Nobody sees it any more; a mark says that it was deleted
