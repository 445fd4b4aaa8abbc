//! Speed of each stage in bytes of log per second: `cargo bench -p checks --features stages`. With `-- --test`, runs
//! each once.
//!
//! Every bench asserts its result against that of the plain code in `stages/plain.rs`. All throughputs refer to the
//! bytes of the same log, so times add up: a stage at 4 GB/s and one at 2 GB/s are 1.3 GB/s together.

#[path = "stages/lines.rs"]
mod lines;
#[path = "stages/log.rs"]
mod log;
#[path = "stages/look_ups.rs"]
mod look_ups;
#[path = "stages/memory.rs"]
mod memory;
#[path = "stages/plain.rs"]
mod plain;
#[path = "stages/right.rs"]
mod right;
#[path = "stages/runs.rs"]
mod runs;
#[path = "stages/states.rs"]
mod states;
#[path = "stages/tables.rs"]
mod tables;
#[path = "stages/whole.rs"]
mod whole;

use std::time::Duration;

use criterion::Criterion;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    lines::newlines(&mut criterion);
    lines::marks(&mut criterion);
    lines::scan(&mut criterion);
    look_ups::addresses(&mut criterion);
    look_ups::paths(&mut criterion);
    tables::dimensions(&mut criterion);
    tables::measures(&mut criterion);
    tables::merge(&mut criterion);
    whole::whole(&mut criterion);
    whole::many_files(&mut criterion);
    runs::runs_of_the_program(&mut criterion);
    memory::exact_uv(&mut criterion);
    states::states(&mut criterion);
    criterion.final_summary();
}
