#![no_main]

libfuzzer_sys::fuzz_target!(
    init: strongroom_fuzz::write_seeds(strongroom_fuzz::note::seeds),
    |data: &[u8]| strongroom_fuzz::note::target(data)
);
