//! Behind a proxy: whose address a request comes from. What a header says of it is believed only from a peer that the host
//! trusts, and only as far back as those whom it trusts wrote it.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, header},
    middleware::{self, Next},
    response::Response,
};
use ipnet::IpNet;

/// Hops of a request that are looked at, from the nearest; with more the proxy's own address stands.
const MOST_HOPS: usize = 32;

/// In which header the proxies say from where a request came. One, for a client writes the other as it likes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ForwardedIn {
    /// `X-Forwarded-For`: addresses, each proxy adding its peer's at the end.
    #[default]
    XForwardedFor,
    /// `Forwarded` ([RFC 7239]): the `for` of each element.
    ///
    /// [RFC 7239]: https://www.rfc-editor.org/rfc/rfc7239
    Forwarded,
}

/// Proxies that are believed. Without any (the default) no header is.
///
/// ```
/// use axum::Router;
/// use coup_axum::proxy::TrustedProxies;
///
/// let proxies = TrustedProxies::new(vec!["10.0.0.0/8".parse()?]);
/// let app: Router = proxies.around(Router::new());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    networks: Arc<[IpNet]>,
    forwarded_in: ForwardedIn,
}

impl TrustedProxies {
    /// Those whose address is in one of these networks, by `X-Forwarded-For`.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self { networks: networks.into(), forwarded_in: ForwardedIn::default() }
    }

    /// Another header.
    #[must_use]
    pub fn forwarded_in(mut self, header: ForwardedIn) -> Self {
        self.forwarded_in = header;
        self
    }

    /// Whether an address is a trusted proxy's.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Whose request it is that a peer sent with these headers: the nearest hop that is no trusted proxy. The peer's own, where
    /// it is not trusted, where there is no header, and where one cannot be read as far as that.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.trusts(peer) {
            return peer;
        }
        let name = match self.forwarded_in {
            ForwardedIn::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            ForwardedIn::Forwarded => header::FORWARDED,
        };
        let mut lines = Vec::new();
        for line in headers.get_all(name) {
            let Ok(line) = line.to_str() else { return peer };
            lines.push(line);
        }
        let mut farthest = peer;
        let hops = lines.iter().rev().flat_map(|line| self.nearest_first(line));
        for (number, address) in hops.enumerate() {
            let Some(address) = address.filter(|_| number < MOST_HOPS) else { return peer };
            if !self.trusts(address) {
                return address;
            }
            farthest = address;
        }
        farthest
    }

    /// The hops of a line, the nearest first, each as far as it can be read.
    fn nearest_first(&self, line: &str) -> Vec<Option<IpAddr>> {
        match self.forwarded_in {
            ForwardedIn::XForwardedFor => line.rsplit(',').map(|part| hop(part.trim())).collect(),
            ForwardedIn::Forwarded => parts(line, ',').into_iter().map(element).collect(),
        }
    }

    /// Puts it around a host's routes: what is within sees the client as the connection's peer
    /// (`ConnectInfo<SocketAddr>`), and so does [`Caller::seen_in`](crate::caller::Caller::seen_in).
    pub fn around<S: Clone + Send + Sync + 'static>(self, routes: Router<S>) -> Router<S> {
        if self.networks.is_empty() {
            return routes;
        }
        routes.layer(middleware::from_fn_with_state(self, see_through))
    }
}

async fn see_through(State(proxies): State<TrustedProxies>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let client = proxies.client(peer.ip(), request.headers());
        if client != peer.ip().to_canonical() {
            // Its port is not known.
            request.extensions_mut().insert(ConnectInfo(SocketAddr::new(client, 0)));
        }
    }
    next.run(request).await
}

/// What stands between signs outside quotes, the last first. Read from the end, where the nearest proxy wrote: a quote that a
/// client left open swallows nothing of that.
fn parts(text: &str, sign: char) -> Vec<&str> {
    let mut quoted = false;
    let parts = text.rsplit(move |c| {
        quoted ^= c == '"';
        c == sign && !quoted
    });
    parts.map(str::trim).collect()
}

/// An address, with or without a port; of IPv6 in brackets where there is one.
fn hop(text: &str) -> Option<IpAddr> {
    let address = IpAddr::from_str(text).or_else(|_| SocketAddr::from_str(text).map(|address| address.ip()));
    let address = address.ok().or_else(|| text.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address| address.to_canonical())
}

/// The `for` of an element of `Forwarded`.
fn element(text: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in parts(text, ';') {
        let (name, value) = pair.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("for") {
            let value = value.trim();
            let value = value.strip_prefix('"').map_or(Some(value), |rest| rest.strip_suffix('"'))?;
            // Twice is none of the standard's.
            if found.replace(hop(value)?).is_some() {
                return None;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::HeaderValue, routing::get};
    use proptest::{prelude::*, sample::select};
    use tower::ServiceExt as _;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn proxies() -> TrustedProxies {
        TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()])
    }

    fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
        let lines = lines.iter().map(|line| (HeaderName::from_static(name), HeaderValue::from_str(line).unwrap()));
        lines.fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value);
            headers
        })
    }

    const XFF: &str = "x-forwarded-for";

    #[test]
    fn the_nearest_hop_that_is_no_trusted_proxy_is_the_client() {
        let client = |lines: &[&str]| proxies().client(ip("10.0.0.1"), &headers(XFF, lines)).to_string();
        assert_eq!(client(&["203.0.113.7"]), "203.0.113.7");
        assert_eq!(
            client(&["198.51.100.9, 203.0.113.7, 10.2.0.3"]),
            "203.0.113.7",
            "what a client wrote is left aside"
        );
        assert_eq!(client(&["198.51.100.9", "203.0.113.7:4711 ,10.9.9.9", "2001:db8:1::5"]), "203.0.113.7");
        assert_eq!(client(&["[2001:db8:2::7]:443"]), "2001:db8:2::7");
        assert_eq!(client(&["::ffff:203.0.113.7"]), "203.0.113.7", "the same, written otherwise");
        assert_eq!(client(&["10.0.0.3, 10.0.0.2"]), "10.0.0.3", "one of the house's own");
        assert_eq!(client(&[]), "10.0.0.1");
    }

    #[test]
    fn what_cannot_be_read_leaves_the_peer() {
        for line in ["unknown", "", " , ", "203.0.113.7,", "203.0.113.7 198.51.100.9", "1.2.3", "10.0.0.2, x, 10.0.0.3"]
        {
            assert_eq!(proxies().client(ip("10.0.0.1"), &headers(XFF, &[line])), ip("10.0.0.1"), "{line:?}");
        }
        let mut odd = HeaderMap::new();
        odd.insert(XFF, HeaderValue::from_bytes(b"203.0.113.7\xff").unwrap());
        assert_eq!(proxies().client(ip("10.0.0.1"), &odd), ip("10.0.0.1"));
        let long = vec!["10.0.0.2"; MOST_HOPS + 1].join(",");
        assert_eq!(proxies().client(ip("10.0.0.1"), &headers(XFF, &[&long])), ip("10.0.0.1"));
        // Beyond the hop that counts it does not matter.
        let beyond = headers(XFF, &["nonsense, 203.0.113.7"]);
        assert_eq!(proxies().client(ip("10.0.0.1"), &beyond), ip("203.0.113.7"));
    }

    #[test]
    fn forwarded_is_read_as_its_standard_says() {
        let proxies = proxies().forwarded_in(ForwardedIn::Forwarded);
        let client = |line: &str| proxies.client(ip("10.0.0.1"), &headers("forwarded", &[line])).to_string();
        assert_eq!(client("for=203.0.113.7;proto=https;by=10.0.0.1"), "203.0.113.7");
        assert_eq!(client("For=\"[2001:db8:2::7]:4711\", for=10.0.0.2"), "2001:db8:2::7");
        assert_eq!(client("for=198.51.100.9;host=\"a,b;c\", FOR=203.0.113.7"), "203.0.113.7");
        assert_eq!(client("for=198.51.100.9;host=\"left open, for=\"203.0.113.7\";host=\"a,b\""), "203.0.113.7");
        for odd in ["for=_hidden", "for=unknown", "proto=https", "for=\"203.0.113.7", "for=1.1.1.1;for=2.2.2.2", "x"] {
            assert_eq!(client(odd), "10.0.0.1", "{odd}");
        }
        let other = headers(XFF, &["203.0.113.7"]);
        assert_eq!(proxies.client(ip("10.0.0.1"), &other), ip("10.0.0.1"), "the other header is the client's to write");
    }

    #[tokio::test]
    async fn behind_it_the_client_is_the_peer_and_elsewhere_nothing_changes() {
        let app = |proxies: TrustedProxies| {
            let route = get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string());
            proxies.around(Router::new().route("/", route))
        };
        let seen = async |proxies: TrustedProxies, peer: &str| {
            let mut request = Request::get("/").header(XFF, "203.0.113.7").body(Body::empty()).unwrap();
            request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            let body = app(proxies).oneshot(request).await.unwrap().into_body();
            String::from_utf8(axum::body::to_bytes(body, 100).await.unwrap().to_vec()).unwrap()
        };
        assert_eq!(seen(proxies(), "10.0.0.1:5000").await, "203.0.113.7:0");
        assert_eq!(seen(proxies(), "192.0.2.1:5000").await, "192.0.2.1:5000", "who is not trusted says nothing");
        assert_eq!(seen(TrustedProxies::default(), "10.0.0.1:5000").await, "10.0.0.1:5000");
    }

    fn trusted() -> impl Strategy<Value = IpAddr> {
        prop_oneof![any::<[u8; 3]>().prop_map(|[b, c, d]| IpAddr::from([10, b, c, d])), Just(ip("2001:db8:1::9"))]
    }

    fn untrusted() -> impl Strategy<Value = IpAddr> {
        any::<[u8; 4]>().prop_filter("outside", |bytes| bytes[0] != 10).prop_map(IpAddr::from)
    }

    /// How different proxies write an address.
    fn written(address: IpAddr, form: u8) -> String {
        match (address, form % 3) {
            (address, 0) => address.to_string(),
            (address, 1) => SocketAddr::new(address, 4711).to_string(),
            (IpAddr::V4(v4), _) => v4.to_ipv6_mapped().to_string(),
            (IpAddr::V6(v6), _) => format!("[{v6}]"),
        }
    }

    proptest! {
        #[test]
        fn whatever_a_client_writes_its_own_address_is_found(
            forged in "[ -~]{0,60}",
            client in untrusted(),
            form in any::<u8>(),
            between in proptest::collection::vec((trusted(), any::<u8>()), 0..6),
            peer in trusted(),
            cut in any::<bool>(),
        ) {
            let mut hops = vec![written(client, form)];
            hops.extend(between.into_iter().map(|(address, form)| written(address, form)));
            let chain = hops.join(", ");
            // The client's own lines stand before what the first proxy adds, in one line with it or apart.
            let headers = if cut {
                headers(XFF, &[forged.as_str(), chain.as_str()])
            } else {
                headers(XFF, &[format!("{forged}, {chain}").as_str()])
            };
            prop_assert_eq!(proxies().client(peer, &headers), client);
            prop_assert_eq!(TrustedProxies::default().client(peer, &headers), peer.to_canonical());
        }

        #[test]
        fn who_is_not_trusted_is_the_client_whatever_they_say(
            peer in untrusted(),
            name in select(vec![XFF, "forwarded", "x-real-ip"]),
            line in "[ -~]{0,80}",
        ) {
            for way in [ForwardedIn::XForwardedFor, ForwardedIn::Forwarded] {
                prop_assert_eq!(proxies().forwarded_in(way).client(peer, &headers(name, &[&line])), peer.to_canonical());
            }
        }
    }
}
