//! What a broken chain means, for people.

use super::chain::Broken;
use crate::policy::Language;

impl Broken {
    /// Where it shows and what to do, in one sentence or two.
    pub fn in_words(&self, language: Language) -> String {
        let ko = language == Language::Ko;
        match self {
            Self::Missing { expected, found } if found < expected => {
                if ko {
                    format!("{expected}번 기록이 있을 자리에 {found}번이 있어요. 끼워 넣었거나 순서를 바꾼 것이에요.")
                } else {
                    format!("Entry {found} stands where entry {expected} belongs: it was put in, or moved.")
                }
            }
            Self::Missing { expected, found } => {
                if ko {
                    format!("{expected}번 기록이 없고 {found}번이 이어져요. 지워진 기록이 있어요.")
                } else {
                    format!("Entry {expected} is missing, entry {found} follows: entries were deleted.")
                }
            }
            Self::Changed(seq) => {
                if ko {
                    format!("{seq}번 기록의 내용이나 해시가 바뀌었어요.")
                } else {
                    format!("The content or the hash of entry {seq} was changed.")
                }
            }
            Self::Column { seq, column } => {
                if ko {
                    format!("{seq}번 기록의 열 {column}이(가) 기록된 내용과 달라요.")
                } else {
                    format!("Column {column} of entry {seq} is not what was written.")
                }
            }
            Self::Unreadable(seq) => {
                if ko {
                    format!("{seq}번 기록을 읽을 수 없어요. 내용이 망가졌어요.")
                } else {
                    format!("Entry {seq} cannot be read: its content was damaged.")
                }
            }
            Self::Personal { seq, field } => {
                if ko {
                    format!("{seq}번 기록의 개인정보 {field}이(가) 기록된 값과 달라요.")
                } else {
                    format!("The personal value {field} of entry {seq} is not what was written.")
                }
            }
            Self::Head { head, found } => {
                if ko {
                    format!("마지막 기록은 {found}번인데 머리 값은 {head}번을 가리켜요. 끝이 잘렸거나 덧붙여졌어요.")
                } else {
                    format!(
                        "The last entry is {found}, and the stored head says {head}: the end was cut off or added to."
                    )
                }
            }
            Self::NoHead => {
                if ko {
                    "기록의 머리 값이 없거나 읽을 수 없어요.".to_owned()
                } else {
                    "The head of the log is gone, or cannot be read.".to_owned()
                }
            }
            Self::Anchor { anchor, found } => {
                if ko {
                    format!(
                        "보관해 둔 머리 값({anchor}번)이 기록에 없어요. 지금 끝은 {found}번이고, 그 뒤가 잘렸거나 다시 쓰였어요."
                    )
                } else {
                    format!(
                        "The exported head of entry {anchor} is not in the log, which ends at {found}: its end was cut off or written anew."
                    )
                }
            }
        }
    }
}
