//! A server of mail on this machine that keeps what it takes.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use mailin::{Action, Handler, Response, SessionBuilder, response};
use secrecy::SecretString;

/// What was taken.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Whose letter.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    bytes: Vec<u8>,
}

impl Taken {
    /// The whole letter as it came.
    ///
    /// # Panics
    /// When it is no text.
    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("a letter is text")
    }

    /// What it says, decoded.
    ///
    /// # Panics
    /// When it is not encoded as our letters are.
    pub fn body(&self) -> String {
        let text = self.text();
        let (_, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let bytes = BASE64_STANDARD.decode(body.split_whitespace().collect::<String>()).expect("base64");
        String::from_utf8(bytes).expect("a letter is text").replace("\r\n", "\n")
    }
}

/// A server of mail whose `nobody@` is refused for ever, and `busy@` for now.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Sink {
    /// Opens one on a free port.
    ///
    /// # Panics
    /// When there is none.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        let taken = Arc::new(Mutex::new(Vec::new()));
        let clerk = Clerk { taken: taken.clone(), now: Taken::default() };
        // Ends with the test's process.
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let clerk = clerk.clone();
                thread::spawn(move || serve(&stream, clerk));
            }
        });
        Self { address, taken }
    }

    /// Its address.
    pub fn url(&self) -> SecretString {
        format!("smtp://{}", self.address).into()
    }

    /// What it took so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Until the client hangs up.
fn serve(stream: &TcpStream, clerk: Clerk) -> io::Result<()> {
    let peer = stream.peer_addr()?.ip();
    let mut session = SessionBuilder::new("sink.school.kr").build(peer, clerk);
    let (mut lines, mut out) = (BufReader::new(stream), stream);
    out.write_all(&session.greeting().buffer()?)?;
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let answer = session.process(&line);
        out.write_all(&answer.buffer()?)?;
        if answer.action == Action::Close {
            return Ok(());
        }
    }
}

#[derive(Clone)]
struct Clerk {
    taken: Arc<Mutex<Vec<Taken>>>,
    now: Taken,
}

impl Handler for Clerk {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        self.now = Taken { from: from.to_owned(), ..Taken::default() };
        response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        match to.split('@').next() {
            Some("nobody") => Response::custom(550, "no such mailbox".into()),
            Some("busy") => Response::custom(450, "mailbox busy".into()),
            _ => {
                self.now.to.push(to.to_owned());
                response::OK
            }
        }
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.now.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(std::mem::take(&mut self.now));
        response::OK
    }
}
