#![no_main]

libfuzzer_sys::fuzz_target!(
    init: strongroom_fuzz::write_seeds(strongroom_fuzz::aes_gcm::seeds),
    |data: &[u8]| strongroom_fuzz::aes_gcm::target(data)
);
