//! Pure decisions about studies.

use crate::{
    coup::StudyFile,
    error::{Error, StateError},
    policy::StudyPermission,
    study::{model::Study, service::UpdateStudy},
};

/// The permissions that an edit needs, by the fields that it touches (specification, permissions § Decided):
/// `study.update`, `study.recruit`, `study.visibility`. Never empty: an edit of nothing needs `study.update`.
pub fn edit_needs(edit: &UpdateStudy) -> Vec<StudyPermission> {
    let mut needs = Vec::with_capacity(3);
    if edit.is_recruiting.is_some() {
        needs.push(StudyPermission::StudyRecruit);
    }
    if edit.is_public.is_some() {
        needs.push(StudyPermission::StudyVisibility);
    }
    let update = edit.name.is_some()
        || edit.emoji.is_some()
        || edit.description.is_some()
        || edit.category.is_some()
        || edit.sub_category.is_some()
        || edit.tags.is_some()
        || edit.max_members.is_some()
        || edit.auto_approve.is_some()
        || edit.time_zone.is_some();
    if update || needs.is_empty() {
        needs.push(StudyPermission::StudyUpdate);
    }
    needs
}

/// The study after an edit.
pub fn edited(study: &Study, edit: &UpdateStudy) -> Study {
    let mut study = study.clone();
    macro_rules! take {
        ($($field:ident),+) => {$( if let Some(value) = &edit.$field { study.$field = value.clone(); } )+};
    }
    take!(
        name,
        emoji,
        description,
        category,
        sub_category,
        tags,
        max_members,
        auto_approve,
        is_recruiting,
        is_public,
        time_zone
    );
    study
}

/// Whether the caller, who has `study.close`, may reopen: only the OWNER who closed it.
pub fn reopen(file: &StudyFile) -> Result<(), Error> {
    if file.study.hidden_at.is_some() {
        return Err(StateError::StudyHidden.into());
    }
    if file.study.closed_at.is_none() {
        return Err(StateError::StudyOpen.into());
    }
    if file.study.closed_by.as_ref() == Some(&file.caller.user.id) {
        Ok(())
    } else {
        Err(StateError::ClosedByAdministrator.into())
    }
}
