//! Pure decisions about studies.

use crate::{
    coup::StudyFile,
    error::{Check, Error, Invalid, StateError},
    policy::StudyPermission,
    study::{
        model::{Browse, Study},
        service::UpdateStudy,
    },
    text::{Category, Tag},
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

/// Whether a search can be asked of a store: its texts are of a length that studies have, without unseen characters.
pub fn browse(browse: &Browse) -> Result<(), Invalid> {
    let mut check = Check::default();
    for (field, text) in [("category", &browse.category), ("subCategory", &browse.sub_category)] {
        text.as_ref().and_then(|text| check.take(Category::parse(field, text)));
    }
    browse.tag.as_ref().and_then(|tag| check.take(Tag::parse("tag", tag)));
    if browse.min_rating.is_some_and(|rating| !(0.0..=5.0).contains(&rating)) {
        check.take::<()>(Err(Invalid::bound("minRating", "out_of_range", 5)));
    }
    check.finish()
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        coup::scenes::{file, noon, study},
        member::model::MemberStatus,
        policy::StudyRole,
        study::service::StudyFields,
    };

    #[rstest]
    #[case(StudyFields { is_recruiting: Some(false), ..Default::default() }, &[StudyPermission::StudyRecruit])]
    #[case(StudyFields { is_public: Some(false), ..Default::default() }, &[StudyPermission::StudyVisibility])]
    #[case(StudyFields { name: Some("새 이름".into()), ..Default::default() }, &[StudyPermission::StudyUpdate])]
    #[case(StudyFields { max_members: Some(7), ..Default::default() }, &[StudyPermission::StudyUpdate])]
    #[case(StudyFields { sub_category: Some(None), ..Default::default() }, &[StudyPermission::StudyUpdate])]
    #[case(StudyFields::default(), &[StudyPermission::StudyUpdate])]
    #[case(
        StudyFields { tags: Some(vec![]), is_public: Some(true), is_recruiting: Some(true), ..Default::default() },
        &[StudyPermission::StudyRecruit, StudyPermission::StudyVisibility, StudyPermission::StudyUpdate]
    )]
    fn an_edit_needs_a_permission_for_each_kind_of_field(
        #[case] fields: StudyFields,
        #[case] needs: &[StudyPermission],
    ) {
        assert_eq!(edit_needs(&fields.edit(study().id).unwrap()), needs);
    }

    #[test]
    fn a_search_with_unseen_characters_or_a_rating_that_is_none_is_refused() {
        let field = |browse: Browse| super::browse(&browse).unwrap_err().errors()[0].field.clone();
        assert_eq!(field(Browse { category: Some("a\0".into()), ..Browse::default() }), "category");
        assert_eq!(field(Browse { tag: Some("\u{200B}".into()), ..Browse::default() }), "tag");
        assert_eq!(field(Browse { min_rating: Some(f64::NAN), ..Browse::default() }), "minRating");
        assert!(
            super::browse(&Browse { tag: Some("수능".into()), min_rating: Some(4.5), ..Browse::default() }).is_ok()
        );
    }

    #[test]
    fn an_edit_changes_what_it_names_and_nothing_else() {
        let fields = StudyFields { name: Some("밤 수학".into()), auto_approve: Some(false), ..Default::default() };
        let after = edited(&study(), &fields.edit(study().id).unwrap());
        assert_eq!(after.name.as_str(), "밤 수학");
        assert_eq!(Study { name: study().name, auto_approve: true, ..after }, study());
    }

    #[test]
    fn only_the_owner_who_closed_a_study_reopens_it() {
        let closed = |by: &str| Study { closed_at: Some(noon()), closed_by: by.parse().ok(), ..study() };
        let owner = Some((StudyRole::Owner, MemberStatus::Active));
        assert!(reopen(&file(closed("minjun"), owner)).is_ok());
        assert!(matches!(reopen(&file(closed("admin"), owner)), Err(Error::State(StateError::ClosedByAdministrator))));
        assert!(matches!(reopen(&file(study(), owner)), Err(Error::State(StateError::StudyOpen))));
    }
}
