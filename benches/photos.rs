//! What a photograph costs: looked at, developed in full, one derivative of it, and taken from
//! the cache. `cargo bench --bench photos`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use selvedge::media::{Cache, Darkroom, Limits, Settings};

/// A JPEG of three megapixels with edges, ramps and a little noise, as a camera makes them.
fn photo() -> Vec<u8> {
    let (width, height) = (2000_usize, 1500_usize);
    let mut seed = 1_u32;
    let mut rgb = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 28) as usize;
            let weave = if (x / 9 + y / 7) % 2 == 0 { 40 } else { 0 };
            let shade = (x * 120 / width) + (y * 60 / height);
            rgb.extend(
                [shade + weave + noise, shade + noise + 20, 180 - shade + noise].map(|v| v as u8),
            );
        }
    }
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 88)
        .encode(&rgb, width as u16, height as u16, jpeg_encoder::ColorType::Rgb)
        .expect("a JPEG");
    bytes
}

fn photos(c: &mut Criterion) {
    let input = photo();
    let room = |cache| Darkroom::new(Settings::default(), Limits::default(), cache);
    let plain = room(None);
    let photo = plain.probe(&input).expect("a photo");
    let wanted = plain.plan(&photo);
    let folder = tempfile::tempdir().expect("a folder");
    let cached = room(Some(Cache::new(folder.path())));
    cached.develop(&photo, &wanted, || Ok(input.clone())).expect("made");

    let mut group = c.benchmark_group("photo of 3 Mpx");
    group.sample_size(10).throughput(Throughput::Elements(1));
    group.bench_function("probe", |b| b.iter(|| plain.probe(black_box(&input))));
    group.bench_function("develop all", |b| {
        b.iter(|| plain.develop(&photo, &wanted, || Ok(input.clone())));
    });
    group.bench_function("develop one", |b| {
        b.iter(|| plain.develop_one(&photo, &wanted[0], || Ok(input.clone())));
    });
    group.bench_function("from the cache", |b| {
        b.iter(|| cached.develop(&photo, &wanted, || Ok(input.clone())));
    });
    group.finish();
}

criterion_group!(benches, photos);
criterion_main!(benches);
