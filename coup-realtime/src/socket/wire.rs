//! A connection that can be closed from outside, also while its peer takes nothing: the library waits for ever for room.

use std::{
    future::Future as _,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::session::Session;

/// A connection of a session. When that is over, it reads as ended and writes as broken.
pub(super) struct Wire<T> {
    inner: T,
    // One for each half: they are polled by two tasks, and each must be woken.
    over_for_reads: Pin<Box<WaitForCancellationFutureOwned>>,
    over_for_writes: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<T> Wire<T> {
    pub(super) fn new(inner: T, session: &Arc<Session>) -> Self {
        let over = || Box::pin(session.over().clone().cancelled_owned());
        Self { inner, over_for_reads: over(), over_for_writes: over() }
    }

    fn written(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.over_for_writes.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::BrokenPipe.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Wire<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.over_for_reads.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Wire<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.written(cx)?;
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.written(cx)?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.written(cx)?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        time::timeout,
    };

    use super::*;

    const SOON: Duration = Duration::from_secs(5);

    #[tokio::test]
    async fn both_directions_of_a_connection_end_with_its_session_although_the_peer_does_nothing() {
        let (near, _far) = tokio::io::duplex(16);
        let session = Arc::new(Session::default());
        let (mut reads, mut writes) = tokio::io::split(Wire::new(near, &session));
        let reading = tokio::spawn(async move { reads.read(&mut [0; 8]).await });
        let writing = tokio::spawn(async move { writes.write_all(&[0; 64]).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert!(!reading.is_finished() && !writing.is_finished());
        session.end();
        assert_eq!(timeout(SOON, reading).await.unwrap().unwrap().unwrap(), 0);
        assert_eq!(timeout(SOON, writing).await.unwrap().unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
