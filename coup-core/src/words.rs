//! One list makes an enum, its words in storage and on the wire, and both directions between them.

/// Declares an enum whose variants have a word each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {$(
            $(#[$variant_doc])*
            #[serde(rename = $word)]
            $variant,
        )+}

        impl $name {
            /// All of them, in the specification's order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word, as in storage and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {$(Self::$variant => $word,)+}
            }

            /// The variant of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
