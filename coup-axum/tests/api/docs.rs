//! The document and Swagger UI over it.

use crate::house::House;

#[tokio::test]
async fn the_documentation_is_served_without_anything_from_elsewhere() {
    let house = House::new();
    let redirect = house.get(None, "/docs").await.is(303);
    assert_eq!(redirect.headers["location"], "docs/");
    let page = house.get(None, "/docs/").await.is(200);
    assert_eq!(page.headers["content-type"], "text/html");
    let csp = page.headers["content-security-policy"].to_str().unwrap();
    assert!(csp.contains("default-src 'none'") && csp.contains("script-src 'self';"), "{csp}");
    // No inline script, which the policy would stop, and every file that the page names is there.
    for script in page.text.split("<script").skip(1) {
        assert!(script.trim_start().starts_with("src="), "{script}");
    }
    for file in page.text.split("src=\"./").chain(page.text.split("href=\"./")).skip(1) {
        let name = file.split('"').next().unwrap();
        if !name.contains('<') && !name.contains('\n') {
            house.get(None, &format!("/docs/{name}")).await.is(200);
        }
    }
    let start = house.get(None, "/docs/swagger-initializer.js").await.is(200);
    assert!(start.text.contains("../openapi.json"), "{}", start.text);
    assert!(!start.text.contains("http://") && !start.text.contains("https://"), "{}", start.text);
    house.get(None, "/docs/nothing.js").await.problem(404, "not_found");
}
