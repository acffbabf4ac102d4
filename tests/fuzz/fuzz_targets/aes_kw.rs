#![no_main]

libfuzzer_sys::fuzz_target!(
    init: strongroom_fuzz::write_seeds(strongroom_fuzz::aes_kw::seeds),
    |data: &[u8]| strongroom_fuzz::aes_kw::target(data)
);
