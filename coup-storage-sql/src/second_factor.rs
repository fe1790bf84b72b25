//! Second factors, and sign-ins that wait for their code.

use coup_core::{
    id::UserId,
    second_factor::model::{HalfSignIn, SecondFactor, TotpSecret},
    store::StoreError,
    user::model::TokenHash,
};

use crate::{
    Dialect, Sql,
    error::corrupt,
    reads::{Args, Conn, RowOf, count, get, run},
    statements::statements,
    user::user_id,
};

statements! {
    /// Statements of second factors.
    SecondFactorSql(_words) {
        second_factor: "select user_id, secret, confirmed_at, used_step, recovery, wrong, wrong_at, version \
             from totp_secrets where user_id = $1",
        insert_second_factor: "insert into totp_secrets \
             (user_id, secret, confirmed_at, used_step, recovery, wrong, wrong_at, version) \
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        save_second_factor: "update totp_secrets set secret = $2, confirmed_at = $3, used_step = $4, recovery = $5, wrong = $6, \
             wrong_at = $7, version = version + 1 \
             where user_id = $1 and version = $8",
        remove_second_factor: "delete from totp_secrets where user_id = $1",
        half_sign_in: "select user_id, auth_version, expires_at from half_sign_ins where hash = $1",
        insert_half_sign_in: "insert into half_sign_ins (hash, user_id, auth_version, expires_at) values ($1, $2, $3, $4)",
        use_half_sign_in: "delete from half_sign_ins where hash = $1",
    }
}

/// Whether `users u` has a second factor that is asked for.
pub(crate) const HAS_SECOND_FACTOR: &str =
    "(select count(*) from totp_secrets f where f.user_id = u.id and f.confirmed_at is not null) as u_second_factors";

/// How many bytes the hash of a recovery code has; in the column they stand one after the other.
const HASH: usize = size_of::<TokenHash>();

pub(crate) fn second_factor<D: Dialect>(row: &RowOf<D>) -> Result<SecondFactor, StoreError> {
    let secret: Vec<u8> = get::<D, _>(row, "secret")?;
    let recovery: Vec<u8> = get::<D, _>(row, "recovery")?;
    let (hashes, rest) = recovery.as_chunks::<HASH>();
    if !rest.is_empty() {
        return Err(corrupt("recovery", format!("{} bytes are no hashes", recovery.len())));
    }
    Ok(SecondFactor {
        user: user_id::<D>(row, "user_id")?,
        secret: TotpSecret::new(secret.as_slice().try_into().map_err(|why| corrupt("secret", why))?),
        confirmed_at: get::<D, _>(row, "confirmed_at")?,
        used_step: get::<D, _>(row, "used_step")?,
        recovery: hashes.to_vec(),
        wrong: count::<D>(row, "wrong")?,
        wrong_at: get::<D, _>(row, "wrong_at")?,
        version: get::<D, _>(row, "version")?,
    })
}

pub(crate) fn half_sign_in<D: Dialect>(row: &RowOf<D>, hash: TokenHash) -> Result<HalfSignIn, StoreError> {
    Ok(HalfSignIn {
        hash,
        user: user_id::<D>(row, "user_id")?,
        auth_version: get::<D, _>(row, "auth_version")?,
        expires_at: get::<D, _>(row, "expires_at")?,
    })
}

fn factor_args<D: Dialect>(row: &SecondFactor) -> Args<D> {
    Args::new()
        .text(row.user.as_str())
        .with(row.secret.expose().to_vec())
        .with(row.confirmed_at)
        .with(row.used_step)
        .with(row.recovery.concat())
        .with(i64::from(row.wrong))
        .with(row.wrong_at)
        .with(row.version)
}

pub(crate) async fn insert_second_factor<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    row: &SecondFactor,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.second_factor.insert_second_factor, factor_args(row)).await
}

pub(crate) async fn save_second_factor<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    row: &SecondFactor,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.second_factor.save_second_factor, factor_args(row)).await
}

pub(crate) async fn remove_second_factor<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    user: &UserId,
) -> Result<u64, StoreError> {
    run::<D>(conn, &sql.second_factor.remove_second_factor, Args::new().text(user.as_str())).await
}

pub(crate) async fn insert_half_sign_in<D: Dialect>(
    conn: &mut Conn<D>,
    sql: &Sql,
    row: &HalfSignIn,
) -> Result<u64, StoreError> {
    let args = Args::new().with(row.hash.to_vec()).text(row.user.as_str()).with(row.auth_version).with(row.expires_at);
    run::<D>(conn, &sql.second_factor.insert_half_sign_in, args).await
}
