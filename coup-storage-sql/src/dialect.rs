//! What differs between the databases, and the bounds that let the rest be written once.

use std::sync::Arc;

use async_trait::async_trait;
use coup_core::{
    env::Timestamp,
    id::{StudyId, UserId},
    store::StoreError,
};
use sqlx::{
    Arguments, AssertSqlSafe, ColumnIndex, Database, Decode, Encode, Executor, IntoArguments, Row, Type,
    error::{BoxDynError, DatabaseError},
};
use uuid::Uuid;

/// A value that can be bound to a statement and read from a row of this database.
pub trait Codec<T>: Database {
    /// Binds the value as the next argument.
    fn put(arguments: &mut Self::Arguments, value: T) -> Result<(), BoxDynError>;

    /// Reads the column.
    fn take(row: &Self::Row, column: &str) -> sqlx::Result<T>;
}

impl<DB, T> Codec<T> for DB
where
    DB: Database,
    T: for<'q> Encode<'q, DB> + for<'r> Decode<'r, DB> + Type<DB>,
    for<'a> &'a str: ColumnIndex<DB::Row>,
{
    fn put(arguments: &mut Self::Arguments, value: T) -> Result<(), BoxDynError> {
        arguments.add(value)
    }

    fn take(row: &Self::Row, column: &str) -> sqlx::Result<T> {
        row.try_get(column)
    }
}

/// Runs statements on a connection of this database. Texts are ours alone: what people type is bound, never pasted.
#[async_trait]
pub trait Execute: Database {
    /// Runs a statement that answers no rows.
    async fn run(
        conn: &mut Self::Connection,
        sql: Arc<str>,
        arguments: Self::Arguments,
    ) -> sqlx::Result<Self::QueryResult>;

    /// Reads all rows.
    async fn rows(
        conn: &mut Self::Connection,
        sql: Arc<str>,
        arguments: Self::Arguments,
    ) -> sqlx::Result<Vec<Self::Row>>;
}

#[async_trait]
impl<DB> Execute for DB
where
    DB: Database,
    DB::Arguments: IntoArguments<DB>,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    async fn run(
        conn: &mut Self::Connection,
        sql: Arc<str>,
        arguments: Self::Arguments,
    ) -> sqlx::Result<Self::QueryResult> {
        conn.execute(sqlx::query_with::<DB, _>(AssertSqlSafe(sql), arguments)).await
    }

    async fn rows(
        conn: &mut Self::Connection,
        sql: Arc<str>,
        arguments: Self::Arguments,
    ) -> sqlx::Result<Vec<Self::Row>> {
        conn.fetch_all(sqlx::query_with::<DB, _>(AssertSqlSafe(sql), arguments)).await
    }
}

/// One of the databases. Implemented by a marker type of the store's own crate.
pub trait Dialect: Send + Sync + 'static {
    /// sqlx's driver.
    type Db: Execute
        + Codec<Uuid>
        + Codec<Option<Uuid>>
        + Codec<String>
        + Codec<Option<String>>
        + Codec<i64>
        + Codec<Option<i64>>
        + Codec<f64>
        + Codec<Option<f64>>
        + Codec<bool>
        + Codec<Option<bool>>
        + Codec<Timestamp>
        + Codec<Option<Timestamp>>
        + Codec<Vec<u8>>
        + Codec<Option<Vec<u8>>>
        + Codec<Self::Grams>
        + Codec<Self::Studies>
        + Codec<Self::People>;

    /// Pairs of characters as the search index keeps them and is asked for them.
    type Grams: Send;

    /// Any number of studies, as one argument.
    type Studies: Send;

    /// Any number of people, as one argument.
    type People: Send;

    /// What is worded differently.
    const WORDS: Words;

    /// How many rows a statement touched.
    fn affected(result: &<Self::Db as Database>::QueryResult) -> u64;

    /// The pairs of characters of a text in a study.
    fn grams(study: StudyId, grams: Vec<String>) -> Self::Grams;

    /// The argument of [`Words::is_study`].
    fn studies(ids: Vec<StudyId>) -> Self::Studies;

    /// The argument of [`Words::is_person`].
    fn people(ids: Vec<UserId>) -> Self::People;

    /// What an error of the database means.
    fn database_error(error: &dyn DatabaseError) -> StoreError;
}

/// What is worded differently in SQL.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// After a `select` of a row that must stay as it is until the commit.
    pub for_share: &'static str,
    /// After a `select` of a row that is about to be written.
    pub for_update: &'static str,
    /// A study's tags as a JSON list, within a select from `studies s`.
    pub tags: &'static str,
    /// The function that finds the second text in the first: a place from 1, or 0.
    pub find: &'static str,
    /// Puts a message into the search index: study, place, pairs.
    pub index: &'static str,
    /// Takes a message out of the search index, if it is in: study, place.
    pub unindex: &'static str,
    /// Takes all of a study out of the search index: study.
    pub unindex_study: &'static str,
    /// From `message_grams g` to `messages x`, found by study `$1`, before the place `$2`, with the pairs `$3`.
    pub indexed: &'static str,
    /// What sorts those by their place.
    pub indexed_place: &'static str,
    /// After a `select` of rows that are about to be written, leaving out those that somebody else is writing.
    pub skip_locked: &'static str,
    /// After a study's identifier: it is one of the studies `$1`.
    pub is_study: &'static str,
    /// After a person's identifier: it is one of the people `$1`.
    pub is_person: &'static str,
    /// The active sanctions of `users u` as a JSON list of type and end, by identifier.
    pub sanctions: &'static str,
    /// The time of `admin_logs l` as it is spelt, where times are text; else null.
    pub log_time: &'static str,
    /// The personal values of `admin_logs l` as a JSON list of field, salt and value, by field.
    pub personal: &'static str,
}
