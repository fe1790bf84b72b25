//! Pictures of people: made anew from what was uploaded, and given out so that they are nothing but pictures.

use std::{io::Cursor, sync::Arc};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use coup_core::{
    coup::{Coup, Ctx},
    error::{Error, Invalid},
    file::{avatar::Picture, model::File},
    id::FileId,
};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage, codecs::jpeg::JpegEncoder,
    imageops::FilterType,
};
use tokio::{sync::Semaphore, task::spawn_blocking};

/// How large an upload may be, in bytes: what phones make, and some more.
pub(crate) const MOST_BYTES: usize = 10 * 1024 * 1024;

/// How many pixels it may have, in millions. Decoded, three or four bytes each are in memory.
const MOST_MEGAPIXELS: u64 = 50;

/// How much memory decoding may take, in bytes.
const MOST_MEMORY: u64 = 256 * 1024 * 1024;

/// The sides of what is made, in pixels: three times the largest that pages show.
const SIDE: u32 = 256;

/// Of JPEG, in hundredths.
const QUALITY: u8 = 85;

/// The name of the field in forms, and in refusals.
pub(crate) const FIELD: &str = "picture";

/// Makes pictures one after the other, so that memory is bounded however many come.
#[derive(Debug, Clone)]
pub(crate) struct Darkroom(Arc<Semaphore>);

impl Default for Darkroom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Darkroom {
    /// A square picture of what was uploaded. Nothing else of it is left: no place, no camera, no second image.
    pub(crate) async fn develop(&self, uploaded: Bytes) -> Result<Picture, Error> {
        let place = self.0.clone().acquire_owned().await.map_err(|_| Error::Internal("no place is left".into()))?;
        // The place goes with the work: a caller that gives up does not free it before.
        let work = move || (develop(&uploaded), place).0;
        let made = spawn_blocking(work).await.map_err(|why| Error::Internal(format!("a picture: {why}")))?;
        Ok(made?)
    }
}

fn unreadable() -> Invalid {
    Invalid::field(FIELD, "not_a_picture")
}

fn too_many_pixels() -> Invalid {
    Invalid::bound(FIELD, "too_many_pixels", i64::try_from(MOST_MEGAPIXELS).unwrap_or(i64::MAX))
}

/// More than [`MOST_BYTES`]; the bound is in MiB.
pub(crate) fn too_many_bytes() -> Invalid {
    Invalid::bound(FIELD, "too_many_bytes", i64::try_from(MOST_BYTES / (1024 * 1024)).unwrap_or(i64::MAX))
}

fn refused(error: &ImageError) -> Invalid {
    if matches!(error, ImageError::Limits(_)) { too_many_pixels() } else { unreadable() }
}

fn develop(uploaded: &[u8]) -> Result<Picture, Invalid> {
    if uploaded.is_empty() {
        return Err(Invalid::field(FIELD, "required"));
    }
    if uploaded.len() > MOST_BYTES {
        return Err(too_many_bytes());
    }
    let picture = decode(uploaded)?;
    let small = flattened(&picture);
    let mut content = Vec::new();
    JpegEncoder::new_with_quality(&mut content, QUALITY).encode_image(&small).map_err(|_| unreadable())?;
    Ok(Picture { content, content_type: "image/jpeg" })
}

/// By what its first bytes say, never by what it was said to be; upright, and cut to a square from its middle.
fn decode(uploaded: &[u8]) -> Result<DynamicImage, Invalid> {
    let mut reader = ImageReader::new(Cursor::new(uploaded)).with_guessed_format().map_err(|_| unreadable())?;
    if !matches!(reader.format(), Some(ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) {
        return Err(unreadable());
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_MEGAPIXELS * 1_000_000 {
        return Err(too_many_pixels());
    }
    // One that cannot be read is as good as none.
    let orientation = decoder.orientation().ok();
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    let mut small = picture.resize_to_fill(SIDE, SIDE, FilterType::CatmullRom);
    if let Some(orientation) = orientation {
        small.apply_orientation(orientation);
    }
    Ok(small)
}

/// On white, where one could look through it.
fn flattened(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    let mut flat = RgbImage::from_pixel(picture.width(), picture.height(), Rgb([255; 3]));
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, seen] = from.0;
        let over_white = |colour: u8| {
            let mixed = (u16::from(colour) * u16::from(seen) + 255 * (255 - u16::from(seen))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        *to = Rgb([red, green, blue].map(over_white));
    }
    flat
}

/// A picture to look at: nothing that a browser would run, for this person alone, asked again after an hour.
pub(crate) async fn shown(coup: &Coup, ctx: &Ctx, id: FileId, asked: &HeaderMap) -> Result<Response, Error> {
    let file = coup.avatar(ctx, id).await?;
    let tag = tag(&file);
    let kept = asked.get_all(header::IF_NONE_MATCH).iter().any(|known| known.as_bytes() == tag.as_bytes());
    let mut response =
        if kept { StatusCode::NOT_MODIFIED.into_response() } else { coup.content(&file).await?.into_response() };
    let headers = response.headers_mut();
    let content_type = HeaderValue::from_str(&file.content_type);
    headers.insert(header::CONTENT_TYPE, content_type.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"avatar.jpg\""));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; sandbox"),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Of the content, as it is compared.
fn tag(file: &File) -> String {
    let hex: String = file.sha256.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect();
    format!("\"{hex}\"")
}

fn digit(half: u8) -> char {
    char::from_digit(half.into(), 16).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use image::{ImageEncoder as _, Rgba, RgbaImage, codecs::png::PngEncoder};

    use super::*;

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// Red above, blue below.
    fn halves(width: u32, height: u32) -> DynamicImage {
        let colour = |_, y| if y < height / 2 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) };
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, colour))
    }

    fn looked_at(picture: &Picture) -> RgbImage {
        assert_eq!(picture.content_type, "image/jpeg");
        image::load_from_memory_with_format(&picture.content, ImageFormat::Jpeg).unwrap().to_rgb8()
    }

    fn is_red(pixel: Rgb<u8>) -> bool {
        pixel.0[0] > 200 && pixel.0[2] < 60
    }

    fn code(uploaded: &[u8]) -> &'static str {
        develop(uploaded).unwrap_err().errors()[0].code
    }

    /// A JPEG with an EXIF part: an orientation, and words that tell of a place.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0]);
        exif.extend(b"\x01\x0e\0\x02\0\0\0\x10\0\0\0\x26\0\0\0\0Seoul, 37.5,127\0");
        let mut file = jpeg[..2].to_vec();
        file.extend([0xff, 0xe1]);
        file.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        file.extend(exif);
        file.extend(&jpeg[2..]);
        file
    }

    #[test]
    fn whatever_comes_a_square_of_256_pixels_is_made() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            for (width, height) in [(1, 1), (900, 40), (33, 700), (256, 256)] {
                let made = looked_at(&develop(&encoded(&halves(width, height), format)).unwrap());
                assert_eq!(made.dimensions(), (256, 256), "{format:?} {width} × {height}");
            }
        }
    }

    #[test]
    fn nothing_is_left_of_what_a_camera_wrote_and_the_picture_is_upright() {
        let jpeg = encoded(&halves(320, 240), ImageFormat::Jpeg);
        for (orientation, red) in [(1, (128, 10)), (3, (128, 245)), (6, (245, 128)), (8, (10, 128))] {
            let file = with_exif(&jpeg, orientation);
            let is_in = |bytes: &[u8], words: &[u8]| bytes.windows(words.len()).any(|part| part == words);
            assert!(is_in(&file, b"Seoul") && is_in(&file, b"Exif"));
            let made = develop(&file).unwrap();
            assert!(!is_in(&made.content, b"Seoul") && !is_in(&made.content, b"Exif"));
            let made = looked_at(&made);
            assert!(is_red(*made.get_pixel(red.0, red.1)), "orientation {orientation}");
            assert!(!is_red(*made.get_pixel(255 - red.0, 255 - red.1)), "orientation {orientation}");
        }
    }

    #[test]
    fn what_one_can_look_through_stands_on_white() {
        let glass = RgbaImage::from_pixel(64, 64, Rgba([0, 0, 0, 0]));
        let made = looked_at(&develop(&encoded(&glass.into(), ImageFormat::Png)).unwrap());
        assert!(made.get_pixel(100, 100).0.iter().all(|colour| *colour > 250));
    }

    #[test]
    fn what_is_no_picture_or_hides_as_one_is_refused() {
        assert_eq!(code(b""), "required");
        let png = encoded(&halves(64, 64), ImageFormat::Png);
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
        for bytes in
            [&b"hello"[..], svg, b"<!doctype html><script>", b"GIF89a\x01\0\x01\0", &png[..60], b"\x89PNG\r\n\x1a\n"]
        {
            assert_eq!(code(bytes), "not_a_picture", "{bytes:?}");
        }
        // What stands behind a picture is not carried on.
        let made = develop(&[&png[..], b"<script>alert(1)</script>"].concat()).unwrap();
        assert!(!made.content.windows(7).any(|part| part == b"<script"));
    }

    #[test]
    fn a_small_file_that_would_become_huge_is_refused_before_it_does() {
        // 60,000 × 60,000 pixels, said by the header alone: nobody has to decode them to know.
        let mut bytes = Vec::new();
        PngEncoder::new(&mut bytes).write_image(&[0; 4], 1, 1, image::ExtendedColorType::Rgba8).unwrap();
        let side = 60_000_u32.to_be_bytes();
        bytes[16..20].copy_from_slice(&side);
        bytes[20..24].copy_from_slice(&side);
        let sum = crc(&bytes[12..29]);
        bytes[29..33].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(code(&bytes), "too_many_pixels");
    }

    /// CRC-32 as PNG has it.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
        })
    }
}
