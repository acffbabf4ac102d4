//! Factors, keys, records and the store port.
