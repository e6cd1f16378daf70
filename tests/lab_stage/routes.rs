//! Which resource a request is for, and what the backend is asked then.

use eksmig_tests::lab::backend::ASKED;
use eksmig_tests::lab::ports::{BLUE, GREEN};

use super::scene::{PROD, Scene};

#[test]
fn the_most_specific_resource_serves_by_its_own_port_and_path() {
    let scene = Scene::empty("routes");
    let to = |port: u16, path: &str| format!("http://nlb.example.com:{port}{path}");
    scene.api.route("ANY /{proxy+}", &to(BLUE, "/all/{proxy}"));
    scene.api.route("GET /orders", &to(BLUE, "/list?all=1"));
    scene.api.route("GET /orders/{id}", &to(GREEN, "/one/{id}"));
    scene.api.route("ANY /orders/{id}/lines", &to(BLUE, "/lines/{id}"));
    scene.api.route("POST /orders/{id}/lines", &to(GREEN, "/new/{id}"));
    scene.api.route("ANY /stock/{proxy+}", &to(GREEN, "/stock/v2/{proxy}"));
    scene.api.deploy(PROD, &[]);
    scene.gateway.catch_up();

    let check = |method: &str, path: &str, side: &str, asked: &str| {
        let answer = scene.visit(path).by(method).make();
        assert_eq!((answer.status, answer.cluster()), (200, side), "{method} {path}: {answer:?}");
        assert_eq!(answer.header(ASKED), asked, "{method} {path}");
    };
    check("GET", "/orders", "blue", "GET nlb.example.com /list?all=1");
    check("GET", "/orders/42", "green", "GET nlb.example.com /one/42");
    check("GET", "/orders/a%2Fb?x=1&y=%20", "green", "GET nlb.example.com /one/a%2Fb?x=1&y=%20");
    check("PUT", "/orders/42/lines", "blue", "PUT nlb.example.com /lines/42");
    check("POST", "/orders/42/lines", "green", "POST nlb.example.com /new/42");
    check("DELETE", "/stock/a/b/c", "green", "DELETE nlb.example.com /stock/v2/a/b/c");
    check("PATCH", "/elsewhere/1", "blue", "PATCH nlb.example.com /all/elsewhere/1");
}

#[test]
fn a_request_for_nothing_is_taken_for_one_without_a_signature() {
    let (scene, _) = Scene::of_orders("unknown");
    scene.api.route("GET /stock/{id}", &format!("http://nlb.example.com:{GREEN}/stock/{{id}}"));
    scene.gateway.catch_up();
    let unknown = |method: &str, path: &str| {
        let answer = scene.visit(path).by(method).make();
        let found = (answer.status, answer.body.as_str(), answer.cluster());
        assert_eq!(found, (403, r#"{"message":"Missing Authentication Token"}"#, ""), "{method} {path}");
    };
    unknown("GET", "/");
    unknown("GET", "/orders");
    unknown("GET", "/prod/orders/42");
    unknown("GET", "/stock/1");
    scene.api.deploy(PROD, &[]);
    scene.gateway.catch_up();
    assert_eq!(scene.visit("/stock/1").make().cluster(), "green", "once it is deployed");
    unknown("POST", "/stock/1");
}
