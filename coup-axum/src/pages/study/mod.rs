//! Studies: browsing and founding them, a study's public page, its home and its settings.

pub mod browse;
pub mod category;
mod edit;
mod home;
mod mine;
pub mod nav;
mod public;
mod question;
mod shown;
mod zone;

pub use browse::{BrowsePage, Chip, Filters, Sort};
pub use category::categories;
pub use edit::{NewStudyPage, StudySettingsPage};
pub use home::{HomePage, LatestMessage};
pub use mine::{AskedStudy, MyStudiesPage, MyStudy};
pub use nav::{StudyNav, StudyTab};
pub use public::{InvitePage, Standing, StudyPage};
pub use shown::{Study, StudyCard, StudyState};
pub use zone::zones;
