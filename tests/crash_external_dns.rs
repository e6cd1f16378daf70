//! `eksmig_external_dns_shift` killed before and after each of its writes to a cluster, then run again: the same end, and
//! never a batch of Route 53's at which both sides are 0.

use eksmig_tests::annotated::Way;
use eksmig_tests::annotated::scene::AnnotatedScene;
use eksmig_tests::kubernetes::api::kind::DNS_ENDPOINT;
use eksmig_tests::ledger::Side;
use eksmig_tests::matrix::{Act, Blow, Matrix};

/// A write waits for ExternalDNS's loop, and a step for the TTL: most of the time nothing is to be done.
const AT_ONCE: usize = 8;

/// What the objects are.
#[derive(Debug, Clone, Copy)]
enum Shape {
    /// Ingresses, whose weights are applied.
    Ingresses,
    /// `DNSEndpoint`s with two types of records, whose weights are patched.
    Endpoints,
}

impl Shape {
    fn way(self) -> Way {
        match self {
            Shape::Ingresses => Way::default(),
            Shape::Endpoints => Way { types: &["A", "AAAA"], ..Way::of(DNS_ENDPOINT) },
        }
    }
}

/// Strikes the act at each of its writes, and says how many points that made.
#[track_caller]
fn struck(shape: Shape, act: Act, blow: Blow) -> usize {
    let name = format!("{shape:?}");
    // One act with a step on the way is enough: each step is like the others.
    let steps: &[u8] = if (act, blow) == (Act::Create, Blow::Kill) { &[50] } else { &[] };
    let set = || AnnotatedScene::set(&format!("crash{}", &name[..3]).to_lowercase(), [shape.way(), shape.way()], steps);
    Matrix { name: &name, set, act, blow, at_once: AT_ONCE }.play()
}

/// Strikes so at each write of each act, all acts at a time, and says how many points each made.
fn all<const N: usize>(blow: Blow, acts: [(Shape, Act); N]) -> [usize; N] {
    std::thread::scope(|scope| {
        acts.map(|(shape, act)| scope.spawn(move || struck(shape, act, blow))).map(|points| points.join().unwrap())
    })
}

#[test]
fn killed_at_each_write() {
    let points = all(
        Blow::Kill,
        [
            (Shape::Ingresses, Act::Create),
            (Shape::Ingresses, Act::Destroy(Side::Blue)),
            (Shape::Ingresses, Act::Destroy(Side::Green)),
            (Shape::Endpoints, Act::Update),
            (Shape::Endpoints, Act::Destroy(Side::Blue)),
        ],
    );
    assert_eq!(points, [8, 4, 4, 4, 4]);
}

#[test]
fn stopped_at_each_write() {
    let points = all(Blow::Stop, [(Shape::Ingresses, Act::Create), (Shape::Endpoints, Act::Destroy(Side::Blue))]);
    assert_eq!(points, [4, 4]);
}
