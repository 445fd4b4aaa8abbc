//! How much a test tries, if all of it takes seconds.

/// True if `PROPTEST_CASES` is at least 256, as in `.ci/run`, or not set. `cargo test` in a checkout sets fewer:
/// .cargo/config.toml.
pub(crate) fn is_thorough() -> bool {
    proptest::test_runner::Config::default().cases >= 256
}
