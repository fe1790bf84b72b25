//! One's own picture, and those that pages show. Where accounts are a host's, pictures are, too.

use axum::{
    Extension,
    body::Bytes,
    extract::{
        DefaultBodyLimit, Multipart,
        multipart::{MultipartError, MultipartRejection},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::{MethodRouter, get},
};
use coup_core::{error::Error, file::avatar::RemoveAvatar};

use super::{Route, account::own};
use crate::{
    extract::OfFile,
    pages::{
        flash::Flash,
        form::Form,
        frame::Place,
        house::House,
        picture::PicturePage,
        visit::{Answer, Bare, Visit},
    },
    picture::{Darkroom, FIELD, MOST_BYTES, shown, too_many_bytes},
    problem::Problem,
};

/// What a form has around the picture itself, in bytes.
const AROUND: usize = 16 * 1024;

pub(super) fn routes() -> [Route; 3] {
    let form: MethodRouter<House> = get(page).post(set);
    let form: MethodRouter<House> = form.layer(DefaultBodyLimit::max(MOST_BYTES + AROUND));
    let form = form.layer(Extension(Darkroom::default()));
    [("/me/avatar", form), ("/me/avatar/remove", get(again).post(remove)), ("/avatars/{fileId}", get(show))]
}

/// Only where pictures can be uploaded.
fn kept(visit: &Visit) -> Result<(), Problem> {
    own(visit)?;
    if visit.house.coup.keeps_files() { Ok(()) } else { Err(Problem::no_such_path()) }
}

async fn page(visit: Visit) -> Answer {
    kept(&visit)?;
    shown_with(&visit, StatusCode::OK, Form::default()).await
}

async fn shown_with(visit: &Visit, status: StatusCode, form: Form) -> Answer {
    let (frame, me) = visit.signed_in(Place::Me).await?;
    let page = PicturePage { frame, form, person: (&me).into() };
    Ok((status, page).into_response())
}

async fn set(
    visit: Visit,
    Extension(darkroom): Extension<Darkroom>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    kept(&visit)?;
    let base = visit.house.options.mount.base.clone();
    let address = move |id| format!("{base}/avatars/{id}");
    let done = match uploaded(form).await {
        Ok(bytes) => visit.house.coup.set_avatar(&visit.ctx, darkroom.develop(bytes), address).await,
        Err(error) => Err(error?),
    };
    match done {
        Ok(_) => Ok(visit.done("/me/avatar", Flash::PictureSet)),
        Err(error) => {
            let (status, form) = visit.refused(Form::default(), error)?;
            shown_with(&visit, status, form).await
        }
    }
}

/// What was chosen. A form's faults are the person's to mend; a broken request is a program's.
async fn uploaded(form: Result<Multipart, MultipartRejection>) -> Result<Bytes, Result<Error, Problem>> {
    let mut form = form.map_err(|_| Err(Problem::unsupported_media_type()))?;
    while let Some(field) = form.next_field().await.map_err(|error| broken(&error))? {
        if field.name() == Some(FIELD) {
            return field.bytes().await.map_err(|error| broken(&error));
        }
    }
    Ok(Bytes::new())
}

fn broken(error: &MultipartError) -> Result<Error, Problem> {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Ok(too_many_bytes().into());
    }
    Err(Problem::broken_body().because(error.body_text()))
}

async fn again(visit: Visit) -> Answer {
    kept(&visit)?;
    Ok(visit.to("/me/avatar"))
}

async fn remove(visit: Visit) -> Answer {
    kept(&visit)?;
    visit.house.coup.run(&visit.ctx, RemoveAvatar).await?;
    Ok(visit.done("/me/avatar", Flash::PictureRemoved))
}

async fn show(Bare(visit): Bare, OfFile(id): OfFile, headers: HeaderMap) -> Result<Response, Problem> {
    kept(&visit)?;
    Ok(shown(&visit.house.coup, &visit.ctx, id, &headers).await?)
}
