//! A client of Socket.IO that costs next to nothing: text frames over one WebSocket, all in one thread.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    io::ErrorKind,
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::oneshot,
    task::JoinHandle,
    time::timeout,
};

use crate::tally::{Tally, find};

const PATIENCE: Duration = Duration::from_mins(1);
/// Messages of all clients.
static SENT: AtomicU64 = AtomicU64::new(0);

/// Where a server is, and as whom one comes.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    /// Host and port.
    pub(crate) address: String,
    /// `Cookie: …`, if one is needed.
    pub(crate) cookie: Option<String>,
}

impl Door {
    /// The headers that say so.
    pub(crate) fn headers(&self) -> String {
        let cookie = self.cookie.as_ref().map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
        format!("Host: {0}\r\nOrigin: http://{0}\r\n{cookie}", self.address)
    }
}

/// A client that is connected; it goes when this is dropped.
pub(crate) struct Socket {
    inner: Rc<Inner>,
    reading: JoinHandle<()>,
}

struct Inner {
    write: OwnedWriteHalf,
    tally: Rc<Tally>,
    is_timed: bool,
    next: Cell<u64>,
    /// Who waits for an acknowledgement.
    asked: RefCell<HashMap<u64, oneshot::Sender<Value>>>,
    connected: RefCell<Option<oneshot::Sender<()>>>,
}

impl Socket {
    /// Connects and signs in.
    pub(crate) async fn open(door: &Door, tally: Rc<Tally>, is_timed: bool) -> Self {
        let mut stream = TcpStream::connect(&door.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let opening = format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{}Connection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            door.headers()
        );
        stream.write_all(opening.as_bytes()).await.unwrap();
        let rest = answer(&mut stream, "101").await;
        let (read, write) = stream.into_split();
        let (connected, is_connected) = oneshot::channel();
        let inner = Rc::new(Inner {
            write,
            tally,
            is_timed,
            next: Cell::new(0),
            asked: RefCell::default(),
            connected: RefCell::new(Some(connected)),
        });
        let reading = tokio::task::spawn_local(inner.clone().read(read, rest));
        timeout(PATIENCE, is_connected).await.expect("a connection in time").expect("a connection");
        Self { inner, reading }
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&self, event: &str, body: &Value) -> Value {
        let (sender, answer) = oneshot::channel();
        let id = self.inner.fresh();
        self.inner.asked.borrow_mut().insert(id, sender);
        self.inner.say(&format!("42{id}[\"{event}\",{body}]")).await;
        let answer = timeout(PATIENCE, answer).await.expect("an answer in time").expect("an answer");
        assert_eq!(answer.get("ok"), Some(&Value::Bool(true)), "{event}: {answer}");
        answer
    }

    /// Hears a study from now on.
    pub(crate) async fn join(&self, study: &str) {
        self.ask("study:join", &serde_json::json!({ "studyId": study })).await;
    }

    /// Sends the tally's next message; the acknowledgement is counted there.
    pub(crate) async fn send(&self, study: &str) {
        let id = self.inner.fresh();
        // Never used before, by no earlier connection either: what has been sent already is told to nobody.
        let client = SENT.fetch_add(1, Ordering::Relaxed).to_string();
        let content = self.inner.tally.content();
        let body = serde_json::json!({ "studyId": study, "content": content, "clientId": client });
        self.inner.say(&format!("42{id}[\"message:send\",{body}]")).await;
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Inner {
    fn fresh(&self) -> u64 {
        self.next.replace(self.next.get() + 1)
    }

    async fn say(&self, text: &str) {
        let mut frame = vec![0x81];
        match text.len() {
            length @ 0..=125 => frame.push(0x80 | u8::try_from(length).unwrap()),
            length => {
                frame.push(0xfe);
                frame.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
        }
        // Masked with nothing.
        frame.extend([0; 4]);
        frame.extend(text.as_bytes());
        let mut rest = &frame[..];
        while !rest.is_empty() {
            if self.write.writable().await.is_err() {
                return self.tally.trouble("a connection ended".into());
            }
            match self.write.try_write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return self.tally.trouble(format!("a connection ended: {error}")),
            }
        }
    }

    async fn read(self: Rc<Self>, read: OwnedReadHalf, mut rest: Vec<u8>) {
        thread_local!(static ROOM: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]));
        let mut replies = Vec::new();
        let taken = self.take(&rest, &mut replies);
        rest.drain(..taken);
        loop {
            for reply in replies.drain(..) {
                self.say(reply).await;
            }
            let is_open = read.readable().await.is_ok();
            let got = ROOM.with_borrow_mut(|room| match read.try_read(room) {
                Ok(0) => false,
                Ok(length) if rest.is_empty() => {
                    let taken = self.take(&room[..length], &mut replies);
                    rest.extend(&room[taken..length]);
                    true
                }
                Ok(length) => {
                    rest.extend(&room[..length]);
                    let taken = self.take(&rest, &mut replies);
                    rest.drain(..taken);
                    true
                }
                Err(error) => error.kind() == ErrorKind::WouldBlock,
            });
            if !is_open || !got {
                return self.tally.trouble("a connection was closed".into());
            }
        }
    }

    /// Takes all whole frames; answers their length.
    fn take(&self, bytes: &[u8], replies: &mut Vec<&'static str>) -> usize {
        let mut at = 0;
        while let Some((kind, begin, end)) = frame(&bytes[at..]) {
            match kind {
                0x81 => self.packet(&bytes[at + begin..at + end], replies),
                0x88 => self.tally.trouble("a connection was ended".into()),
                _ => self.tally.trouble(format!("a frame of kind {kind:#x}")),
            }
            at += end;
        }
        at
    }

    /// One packet of Engine.IO.
    fn packet(&self, packet: &[u8], replies: &mut Vec<&'static str>) {
        match packet {
            [b'0', ..] => replies.push("40"),
            b"2" => replies.push("3"),
            [b'4', b'0', ..] => {
                if let Some(connected) = self.connected.take() {
                    let _ = connected.send(());
                }
            }
            [b'4', b'2', event @ ..] if event.starts_with(b"[\"event\",") => self.tally.delivered(event, self.is_timed),
            [b'4', b'2', event @ ..] if event.starts_with(b"[\"ephemeral\",") => {}
            [b'4', b'3', answer @ ..] => self.answered(answer),
            other => self.tally.trouble(format!("a packet {}", String::from_utf8_lossy(other))),
        }
    }

    fn answered(&self, answer: &[u8]) {
        let digits = answer.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (id, body) = answer.split_at(digits);
        let id: u64 = std::str::from_utf8(id).unwrap().parse().unwrap();
        match self.asked.borrow_mut().remove(&id) {
            Some(asked) => {
                let [body]: [Value; 1] = serde_json::from_slice(body).unwrap();
                let _ = asked.send(body);
            }
            None if find(body, b"\"ok\":true").is_some() => self.tally.acknowledged(),
            None => self.tally.trouble(format!("refused: {}", String::from_utf8_lossy(body))),
        }
    }
}

/// The kind, and where what it holds begins and ends, of a frame that is whole.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&kind, &length) = (bytes.first()?, bytes.get(1)?);
    let (begin, length) = match length {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().unwrap()))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().unwrap())).unwrap()),
        length => (2, usize::from(length)),
    };
    (bytes.len() >= begin + length).then_some((kind, begin, begin + length))
}

/// Reads the head of an HTTP answer with this status; what came after it.
pub(crate) async fn answer(stream: &mut TcpStream, status: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let end = loop {
        let mut room = [0; 4096];
        let got = timeout(PATIENCE, stream.read(&mut room)).await.expect("an answer in time").unwrap();
        bytes.extend(&room[..got]);
        match find(&bytes, b"\r\n\r\n") {
            Some(end) => break end + 4,
            None => assert!(got > 0, "no answer: {}", String::from_utf8_lossy(&bytes)),
        }
    };
    let is_right = bytes.split(|byte| *byte == b' ').nth(1) == Some(status.as_bytes());
    assert!(is_right, "not {status}: {}", String::from_utf8_lossy(&bytes));
    bytes.split_off(end)
}
