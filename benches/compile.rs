//! What the compiler does in memory, each against a floor of the same run: to look at every byte of the same text once.
//!
//!     cargo bench --bench compile
//!
//! criterion measures; behind its figures the ratios are printed. Times of one machine say nothing of another one, the ratios
//! do.

#![expect(clippy::print_stdout, reason = "a bench prints what it measures")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use stackc::backend::Layout;
use stackc::compile::{Compilation, compile};
use stackc::driver::{Disk, gather};
use stackc::facts::Facts;

/// A stack of so many services, each with a build, behind one proxy.
fn stack_of(services: usize) -> String {
    let mut text = String::from("stack wide\nvolume data\n");
    for number in 0..services {
        write!(
            text,
            "service app{number} {{\n  image example.org/app{number}:1.{number}\n  user 1000:1000\n  expose 8000\n  \
             mount data at /srv/data\n  env {{\n    MODE production\n    NAME app{number}\n    URL \"http://app{number}:8000/\"\n  }}\n  \
             command serve --port 8000\n}}\n"
        )
        .expect("a text takes everything");
    }
    text + "proxy web {\n  image nginx:1.30\n  publish 127.0.0.1:8080:8080\n  site _ {\n    route / { proxy app0:8000 }\n  }\n}\n"
}

/// The stack file of the example, which stands at the path.
const BLOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/blog");

fn blog() -> String {
    std::fs::read_to_string(Path::new(BLOG).join("blog.stack")).expect("the example is there")
}

fn compiled(text: &str, folder: Option<&Path>) -> Compilation {
    compile("bench.stack", text, &mut |wanted| match folder {
        Some(folder) => gather(&Disk, wanted, folder),
        None => Facts::default(),
    })
}

fn emitted(compilation: &Compilation) -> usize {
    let folder = Path::new("/srv/app").to_owned();
    let layout = Layout { stack_dir: folder.clone(), out_dir: folder, stack_file: "bench.stack".to_owned() };
    let artifacts = compilation.emit(&layout).expect("the stack compiles");
    artifacts.iter().map(|artifact| artifact.text.len()).sum()
}

/// Each byte once.
fn looked_at(text: &str) -> u64 {
    text.bytes().map(|byte| u64::from(black_box(byte))).sum()
}

fn bench(criterion: &mut Criterion) {
    let sources = [
        ("blog", blog(), Some(Path::new(BLOG))),
        ("100 services", stack_of(100), None),
        ("1000 services", stack_of(1_000), None),
    ];
    for (name, text, folder) in &sources {
        let mut group = criterion.benchmark_group(*name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter("floor"), text, |b, text| {
            b.iter(|| looked_at(black_box(text)));
        });
        group.bench_with_input(BenchmarkId::from_parameter("compile"), text, |b, text| {
            b.iter(|| compiled(black_box(text), *folder));
        });
        let compilation = compiled(text, *folder);
        group.bench_with_input(BenchmarkId::from_parameter("emit"), &compilation, |b, compilation| {
            b.iter_batched(|| compilation, emitted, BatchSize::SmallInput);
        });
        group.finish();
    }
}

/// The median of some runs.
fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..9)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn ratios() {
    let mut compile_times = Vec::new();
    for services in [1_000, 10_000] {
        let text = stack_of(services);
        let floor = median(|| looked_at(&text));
        let compile = median(|| emitted(&compiled(&text, None)));
        println!("{services} services: {:.0} times the floor", compile.as_secs_f64() / floor.as_secs_f64());
        compile_times.push(compile);
    }
    let growth = compile_times[1].as_secs_f64() / compile_times[0].as_secs_f64();
    println!("10,000 services take {growth:.1} times as long as 1,000");
}

fn main() {
    let mut criterion =
        Criterion::default().sample_size(20).measurement_time(Duration::from_secs(3)).configure_from_args();
    bench(&mut criterion);
    criterion.final_summary();
    ratios();
}
