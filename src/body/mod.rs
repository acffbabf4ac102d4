//! The streaming body: layout, sealer, opener, engines.
