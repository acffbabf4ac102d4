#![no_main]

libfuzzer_sys::fuzz_target!(
    init: strongroom_fuzz::write_seeds(strongroom_fuzz::attached::seeds),
    |data: &[u8]| strongroom_fuzz::attached::target(data)
);
