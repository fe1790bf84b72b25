//! One connection. It is here, beneath HTTP, that a stalled peer and the server's end are noticed, so that it holds for
//! what a connection is upgraded to as well.

use std::{
    io::{self, ErrorKind, IoSlice},
    pin::Pin,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::task::AtomicWaker;
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::OwnedSemaphorePermit,
    time::{Instant, Sleep, sleep_until},
};

use super::addresses::Seat;

/// A connection that fails when its peer takes nothing for the time of [`Limits::stall`](super::Limits::stall), with
/// [`ErrorKind::TimedOut`], and then resets itself. Its reads wait as long as it takes.
///
/// A peer that takes little by little is well, however slow it is.
#[derive(Debug)]
pub struct Connection {
    tcp: TcpStream,
    stall: Stall,
    line: Arc<Line>,
    /// Free again with the socket's end.
    _place: (OwnedSemaphorePermit, Option<Seat>),
}

impl Connection {
    pub(super) fn new(tcp: TcpStream, stall: Duration, place: (OwnedSemaphorePermit, Option<Seat>)) -> Self {
        Self { tcp, stall: Stall::new(stall), line: Arc::default(), _place: place }
    }

    /// The socket, to ask it for addresses and options.
    pub fn socket(&self) -> &TcpStream {
        &self.tcp
    }

    pub(super) fn line(&self) -> Weak<Line> {
        Arc::downgrade(&self.line)
    }

    /// What came of a write that begins with `next`, unless it has waited for too long.
    fn guard(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
        next: &[u8],
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stall.over();
            return written;
        }
        self.line.wait_to_write(cx)?;
        if self.stall.waits() {
            ready!(self.stall.poll(cx));
        }
        // The system says that there is room only when a good part of its buffer is free. So it is asked: as the wait
        // begins, that the buffer is full, and as it ends, whether the peer has taken as little as makes room.
        if let Ok(taken @ 1..) = SockRef::from(&self.tcp).send(next) {
            self.stall.over();
            return Poll::Ready(Ok(taken));
        }
        if !self.stall.waits() {
            return self.stall.poll(cx).map(|()| Err(ErrorKind::TimedOut.into()));
        }
        // Reset when it is closed: the system does not keep on offering to such a peer what it does not take.
        if let Err(error) = self.tcp.set_zero_linger() {
            tracing::debug!(%error, "cannot reset a stalled connection");
        }
        // Who waits to read from it is not to wait for ever.
        self.line.end();
        let words = format!("the peer took nothing for {:?}", self.stall.limit);
        Poll::Ready(Err(io::Error::new(ErrorKind::TimedOut, words)))
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.line.check()?;
        let read = Pin::new(&mut this.tcp).poll_read(cx, buf);
        if read.is_pending() {
            this.line.wait_to_read(cx)?;
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.line.check()?;
        let written = Pin::new(&mut this.tcp).poll_write(cx, buf);
        this.guard(cx, written, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.line.check()?;
        let written = Pin::new(&mut this.tcp).poll_write_vectored(cx, bufs);
        let next = bufs.iter().find(|buf| !buf.is_empty()).map_or(&[][..], |buf| buf);
        this.guard(cx, written, next)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    // These two never wait on TCP.

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.line.check()?;
        Pin::new(&mut this.tcp).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().tcp).poll_shutdown(cx)
    }
}

/// By which a connection is ended from outside, wherever it went.
#[derive(Debug, Default)]
pub(super) struct Line {
    ended: AtomicBool,
    reader: AtomicWaker,
    writer: AtomicWaker,
}

impl Line {
    /// Whoever reads or writes fails from now on, and is woken if they wait.
    pub(super) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.reader.wake();
        self.writer.wake();
    }

    fn check(&self) -> io::Result<()> {
        if self.ended.load(Ordering::Acquire) {
            return Err(io::Error::new(ErrorKind::ConnectionAborted, "the server ended the connection"));
        }
        Ok(())
    }

    fn wait_to_read(&self, cx: &Context<'_>) -> io::Result<()> {
        self.reader.register(cx.waker());
        // It may have ended in between.
        self.check()
    }

    fn wait_to_write(&self, cx: &Context<'_>) -> io::Result<()> {
        self.writer.register(cx.waker());
        self.check()
    }
}

/// For how long a write has been waiting.
#[derive(Debug)]
struct Stall {
    limit: Duration,
    waits: bool,
    /// Made when a write has to wait for the first time, then kept.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Stall {
    fn new(limit: Duration) -> Self {
        Self { limit, waits: false, timer: None }
    }

    fn waits(&self) -> bool {
        self.waits
    }

    /// Over when a write has waited for the limit.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let timer = match &mut self.timer {
            Some(timer) if self.waits => timer,
            Some(timer) => {
                timer.as_mut().reset(Instant::now() + self.limit);
                timer
            }
            none => none.insert(Box::pin(sleep_until(Instant::now() + self.limit))),
        };
        self.waits = true;
        timer.as_mut().poll(cx)
    }

    fn over(&mut self) {
        self.waits = false;
    }
}
