//! How many connections each address has, and what one too many is told.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr, Shutdown},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use socket2::SockRef;
use tokio::{
    net::TcpStream,
    sync::Semaphore,
    time::{Instant, timeout},
};

/// In the words of a problem; in both languages, as nobody has said yet which.
const REFUSAL: &str = concat!(
    r#"{"type":"urn:coup:problem:too_many_connections","#,
    r#""title":"연결이 너무 많아요 · Too many connections","#,
    r#""status":429,"#,
    r#""detail":"이 주소에서 열린 연결이 너무 많아요. 몇 개를 닫고 다시 시도해 주세요. · "#,
    r#"Too many connections are open from this address. Close some and try again.","#,
    r#""code":"too_many_connections"}"#,
);
/// How long somebody who is refused may take to ask, and then to take the answer.
const GOODBYE: Duration = Duration::from_secs(1);
/// How many are told at once that they are refused; the others meet a closed connection.
const TOLD_AT_ONCE: usize = 64;
/// How often the log tells of it.
const REPEAT: Duration = Duration::from_mins(1);

/// The addresses that have connections.
#[derive(Debug)]
pub(super) struct Addresses {
    most: Option<u32>,
    open: Mutex<Open>,
    told: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Open {
    by_address: HashMap<IpAddr, u32>,
    logged: Option<Instant>,
}

/// One connection among those of its address, as long as it is open.
#[derive(Debug)]
pub(super) struct Seat {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

/// The address has as many as it may.
#[derive(Debug)]
pub(super) struct TooMany;

impl Addresses {
    pub(super) fn new(most: Option<u32>) -> Arc<Self> {
        let most = most.map(|most| most.max(1));
        Arc::new(Self { most, open: Mutex::default(), told: Arc::new(Semaphore::new(TOLD_AT_ONCE)) })
    }

    /// One more connection of a peer; nothing is counted where nothing is bounded.
    pub(super) fn seat(self: &Arc<Self>, peer: IpAddr) -> Result<Option<Seat>, TooMany> {
        let Some(most) = self.most else { return Ok(None) };
        let address = home(peer);
        let mut open = self.open();
        let count = open.by_address.entry(address).or_default();
        if *count >= most {
            if open.logged.is_none_or(|logged| logged.elapsed() > REPEAT) {
                open.logged = Some(Instant::now());
                tracing::warn!(
                    %peer,
                    most,
                    "refused: one address has as many connections as it may; behind a proxy, whose address all come from, \
                     switch this bound off"
                );
            }
            return Err(TooMany);
        }
        *count += 1;
        Ok(Some(Seat { addresses: self.clone(), address }))
    }

    /// Tells somebody that they are refused, beside everything else.
    pub(super) fn refuse(&self, tcp: TcpStream) {
        if let Ok(turn) = self.told.clone().try_acquire_owned() {
            tokio::spawn(async move {
                tell(&tcp).await;
                drop(turn);
            });
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.addresses.open();
        if let Some(count) = open.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

/// Whose connections count together: of IPv6 the whole network of a house, where everybody has addresses at will.
fn home(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        v4 @ IpAddr::V4(_) => v4,
    }
}

async fn tell(tcp: &TcpStream) {
    // Clients expect no answer to what they have not asked.
    let _ = timeout(GOODBYE, read(tcp)).await;
    let answer = format!(
        "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         retry-after: 5\r\ncache-control: no-store\r\nconnection: close\r\n\r\n{REFUSAL}",
        REFUSAL.len()
    );
    // There is room for it: nothing was written before.
    if tcp.try_write(answer.as_bytes()).is_ok() && SockRef::from(tcp).shutdown(Shutdown::Write).is_ok() {
        // As long as something comes unread, the system would take the answer back with a reset.
        let _ = timeout(GOODBYE, async { while read(tcp).await {} }).await;
    }
}

/// Reads whatever comes next; `false` at the end.
async fn read(tcp: &TcpStream) -> bool {
    loop {
        if tcp.readable().await.is_err() {
            return false;
        }
        match tcp.try_read(&mut [0; 4096]) {
            Ok(read) => return read > 0,
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_address_has_as_many_as_it_may_and_what_is_closed_makes_room() {
        let addresses = Addresses::new(Some(2));
        let mut seats = vec![addresses.seat(ip("10.0.0.1")).unwrap(), addresses.seat(ip("10.0.0.1")).unwrap()];
        assert!(addresses.seat(ip("10.0.0.1")).is_err());
        assert!(addresses.seat(ip("::ffff:10.0.0.1")).is_err(), "the same, written otherwise");
        seats.push(addresses.seat(ip("10.0.0.2")).unwrap());
        drop(seats.swap_remove(0));
        seats.push(addresses.seat(ip("10.0.0.1")).unwrap());
        drop(seats);
        assert!(addresses.open().by_address.is_empty(), "who has gone is forgotten");
    }

    #[test]
    fn a_house_of_ipv6_counts_as_one_address() {
        let addresses = Addresses::new(Some(1));
        let _seat = addresses.seat(ip("2001:db8:0:7::1")).unwrap();
        assert!(addresses.seat(ip("2001:db8:0:7:ffff::2")).is_err());
        assert!(addresses.seat(ip("2001:db8:0:8::1")).is_ok());
    }

    #[test]
    fn without_a_bound_nothing_is_counted() {
        let addresses = Addresses::new(None);
        assert!(addresses.seat(ip("10.0.0.1")).unwrap().is_none());
    }

    #[test]
    fn the_refusal_is_a_problem() {
        let problem: serde_json::Value = serde_json::from_str(REFUSAL).unwrap();
        let code = problem["code"].as_str().unwrap();
        assert_eq!(problem["type"], format!("urn:coup:problem:{code}"));
        assert_eq!(problem["status"], 429);
    }
}
