//! One's picture.

use crate::browser::{Browser, House, Page};

/// One black pixel, as the smallest of WebPs.
const WEBP: &[u8] = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0";

impl Browser<'_> {
    async fn chooses(&mut self, bytes: &[u8]) -> Page {
        let head = b"--part\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"C:\\\\me.webp\"\r\n\r\n";
        let form = [&head[..], bytes, b"\r\n--part--\r\n"].concat();
        self.uploads("/me/avatar", "multipart/form-data; boundary=part", form).await
    }
}

#[tokio::test]
async fn one_chooses_a_picture_and_takes_it_away_again() {
    let house = House::new();
    let mut person = house.person("김민준").await;
    let page = person.get("/me").await.is(200);
    assert!(page.text.contains("href=\"/coup/me/avatar\""), "{}", page.text);
    let page = person.get("/me/avatar").await.is(200);
    assert!(page.text.contains("아직 사진이 없어서") && !page.text.contains("사진 지우기"), "{}", page.text);

    let done = person.chooses(WEBP).await;
    done.leads_to("/coup/me/avatar");
    let page = person.get("/me/avatar").await.is(200);
    assert!(page.text.contains("사진을 바꿨어요") && page.text.contains("사진 지우기"), "{}", page.text);
    let (_, rest) = page.text.split_once("<img src=\"/coup/avatars/").unwrap();
    let picture = format!("/avatars/{}", rest.split('"').next().unwrap());
    assert!(person.get(&picture).await.is(200).text.contains("JFIF"));
    let mut other = house.person("이서연").await;
    other.get(&picture).await.is(200);

    person.post("/me/avatar/remove", &[]).await.leads_to("/coup/me/avatar");
    assert!(person.get("/me/avatar").await.is(200).text.contains("사진을 지웠어요"));
    other.get(&picture).await.is(404);
    person.get("/me/avatar/remove").await.leads_to("/coup/me/avatar");
}

#[tokio::test]
async fn what_is_no_picture_is_said_at_the_field() {
    let house = House::new();
    let mut person = house.person("김민준").await;
    for (bytes, words) in [
        (&b"hello"[..], "읽을 수 없는 사진이에요"),
        (b"", "꼭 입력해야 해요"),
        (&vec![0; 10 * 1024 * 1024 + 1], "10MB 이하여야 해요"),
        (&vec![0; 11 * 1024 * 1024], "10MB 이하여야 해요"),
    ] {
        let page = person.chooses(bytes).await.is(422);
        assert!(page.text.contains(words) && page.text.contains("id=\"e-picture\""), "{}", page.text);
    }
    person.language = "en";
    assert!(person.chooses(b"hello").await.is(422).text.contains("choose a JPEG, PNG or WebP file"));
    // A form of another kind is a program's mistake.
    person.post("/me/avatar", &[("picture", "hello")]).await.is(415);
}
