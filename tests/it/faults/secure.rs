//! TLS with real certificates, and proxies.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::{Scripted, counts, error, good, http, momentum};
use crate::support::{Ran, command, screener};
use crate::yahoo::chart;

fn run(url: &str, environment: &[(&str, &str)]) -> Ran {
    let words = ["momentum", "-t", "A", "--base-url", url, "--benchmark", "none", "-f", "json"];
    Ran::of(command(&words).envs(environment.iter().copied()).output())
}

#[test]
fn a_server_that_speaks_no_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.write_all(&http("400 Bad Request", "", ""));
            let _ = stream.read(&mut [0; 1024]);
        }
    });
    let ran = run(&url, &[]);
    assert_eq!(ran.code, Some(1));
    assert_eq!(error(&ran, "A"), ("tls".into(), 1, None));
}

/// The platform's own verifier is asked; where it is not OpenSSL's files, `SSL_CERT_FILE` is not for it.
#[cfg(target_os = "linux")]
#[test]
fn certificate_expired_self_signed_or_of_another_host() {
    use rcgen::{
        BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd,
    };

    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let folder = tempfile::tempdir().expect("a folder");
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, authority.pem()).expect("written");
    let trusted = trusted.to_str().expect("UTF-8");

    let certificate = |name: &str, first_year: i32, signed: bool| {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(first_year, 1, 1);
        params.not_after = date_time_ymd(first_year + 100, 1, 1);
        let certificate =
            if signed { params.signed_by(&key, &authority) } else { params.self_signed(&key) };
        serve_tls(certificate.expect("a certificate").der().to_vec(), key.serialize_der())
    };

    let sound = run(&certificate("127.0.0.1", 2000, true), &[("SSL_CERT_FILE", trusted)]);
    assert_eq!((sound.code, counts(&sound)), (Some(0), (1, 0)), "{sound:#?}");
    let cases = [
        ("expired", certificate("127.0.0.1", 1900, true), trusted),
        ("self-signed", certificate("127.0.0.1", 2000, false), trusted),
        ("of another host", certificate("example.org", 2000, true), trusted),
        ("of an unknown authority", certificate("127.0.0.1", 2000, true), "/etc/ssl/certs/none"),
    ];
    for (what, url, trusted) in cases {
        let ran = run(&url, &[("SSL_CERT_FILE", trusted)]);
        assert_eq!((ran.code, error(&ran, "A")), (Some(1), ("tls".into(), 1, None)), "{what}");
        assert!(ran.stderr.contains("\nhint: SSL_CERT_FILE names"), "{what}: {}", ran.stderr);
    }
    // Of many tickers the first ones say it all.
    let url = certificate("127.0.0.1", 2000, false);
    let ran = screener(&["top", "sp500", "--base-url", &url, "--rate", "100"]);
    assert_eq!((ran.code, ran.unfolded().lines().count()), (Some(1), 2), "{}", ran.stderr);
}

/// Serves charts over TLS under a certificate, on loopback.
#[cfg(target_os = "linux")]
fn serve_tls(certificate: Vec<u8>, key: Vec<u8>) -> String {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has some")
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate)], key)
        .expect("they fit");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("https://{}", listener.local_addr().expect("it is bound"));
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut tls = rustls::ServerConnection::new(Arc::clone(&config)).expect("it is sound");
            thread::spawn(move || {
                let mut stream = rustls::Stream::new(&mut tls, &mut stream);
                let mut request = [0; 4096];
                if stream.read(&mut request).is_ok() {
                    let _ = stream.write_all(&http("200 OK", "", &chart("A").to_string()));
                }
            });
        }
    });
    url
}

/// What a proxy was asked, word for word.
type Asked = Arc<Mutex<Vec<String>>>;

/// A proxy that opens tunnels (CONNECT).
fn proxy() -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound").to_string();
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let log = Arc::clone(&log);
            thread::spawn(move || tunnel(stream, &log).unwrap_or_default());
        }
    });
    (address, asked)
}

fn tunnel(mut client: TcpStream, log: &Asked) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head)?;
    }
    let mut server = TcpStream::connect(head.split(' ').nth(1).unwrap_or_default())?;
    log.lock().expect("sound").push(head);
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    std::io::copy(&mut server, &mut client)?;
    client.shutdown(Shutdown::Both)
}

#[test]
fn proxy_from_the_environment() {
    let server = Scripted::start(|_, symbol| good(symbol));
    let (address, asked) = proxy();
    let proxy = format!("http://user:hunter2@{address}");
    for variable in ["HTTP_PROXY", "https_proxy", "ALL_PROXY"] {
        let ran = run(&server.url, &[(variable, &proxy)]);
        assert_eq!((ran.code, counts(&ran)), (Some(0), (1, 0)), "{variable}: {ran:#?}");
        let heads = std::mem::take(&mut *asked.lock().expect("sound"));
        assert!(heads.len() == 1 && heads[0].starts_with("CONNECT 127.0.0.1:"), "{heads:?}");
        assert!(heads[0].contains("Basic dXNlcjpodW50ZXIy\r\n"), "user:hunter2 in {heads:?}");
    }
    let ran = run(&server.url, &[("HTTP_PROXY", &proxy), ("NO_PROXY", "127.0.0.1")]);
    assert_eq!((ran.code, asked.lock().expect("sound").len()), (Some(0), 0));
}

#[test]
fn proxy_of_no_use_is_refused_by_name() {
    let server = Scripted::start(|_, symbol| good(symbol));
    for (variable, value) in [
        ("HTTPS_PROXY", "ftp://user:hunter2@127.0.0.1:1"),
        ("ALL_PROXY", "http://user:hunter2@[half"),
        ("http_proxy", "user:hunter2@ a host"),
    ] {
        let ran = run(&server.url, &[(variable, value)]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:#?}");
        assert!(
            ran.stderr.starts_with(&format!("error: {variable} is not a valid proxy: ")),
            "{ran:#?}"
        );
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn secrets_are_never_told() {
    let (address, _) = proxy();
    let proxies = [format!("http://user:hunter2@{address}"), "http://u:hunter2@127.0.0.1:9".into()];
    let server = Scripted::start(|nth, symbol| match nth {
        0 => super::refusal("500 Oh no"),
        _ => good(symbol),
    });
    for proxy in proxies {
        for format in ["table", "json", "csv"] {
            let words = ["momentum", "-t", "A,B", "--base-url", &server.url, "-vvv", "-f", format];
            let ran = Ran::of(command(&words).env("HTTP_PROXY", &proxy).output());
            assert!(ran.stderr.contains("/v8/finance/chart/A"), "it logs: {}", ran.stderr);
            assert!(!ran.stdout.contains("hunter2") && !ran.stderr.contains("hunter2"), "{ran:#?}");
        }
    }
    // A user name in a base URL is no way to give one.
    let url = server.url.replace("://", "://user:hunter2@");
    let ran = momentum(&Scripted { url, log: Arc::default() }, "A", &[]);
    assert_eq!(ran.code, Some(2));
}
