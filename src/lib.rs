//! strongroom.
#![doc = ""]
