//! The manifest: what proves single rows and lists of a vault that is too large to be read whole.
//!
//! It is a hash tree of three levels, as Merkle's ("A digital signature based on a conventional encryption function",
//! 1987): the head names the directories by their MACs, a directory its pages, a page its rows. A row belongs to the page
//! that its id hashes to, so that a key, its versions and its use count share one. There is one more page whenever
//! the vault has grown by a page's worth of rows, which takes half of the rows of one of those before (W. Litwin, "Linear
//! hashing", 1980): no page ever has to be split because it is full, and no change writes more than a few of them.
//!
//! Lists are proven without pages, by the set digest of all rows of a type.

use serde::{Deserialize, Serialize};

use crate::{
    base::{InputError, InputResult, Object, base64},
    store::{RecordId, RecordType},
};

use super::{Mac, MacKey, SetDigest};

/// Rows per page, on average.
const ROWS: u64 = 64;
/// Pages per directory.
const PAGES: u64 = 64;
/// What is kept of a MAC: 128 bits, of which nobody sees any.
const SHORT: usize = 16;
/// What is kept of an id's MAC: the same for all rows of an id.
const GROUP: usize = 12;
/// The group, then the type.
const KIND: usize = GROUP + 1;
/// The group, the type, and what is kept of the address's MAC.
const PLACE: usize = 24;

const MALFORMED: InputError = InputError::Malformed("the manifest");

/// What is kept of a MAC.
pub(crate) type ShortMac = [u8; SHORT];

fn short(mac: &Mac) -> ShortMac {
    core::array::from_fn(|at| mac[at])
}

/// Where a row stands, as a page names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place([u8; PLACE]);

impl Place {
    pub(crate) fn of(key: &MacKey, record_id: &RecordId) -> Self {
        Self::with(key, record_id, &key.of_address(record_id))
    }

    /// Where the address's MAC is known.
    pub(crate) fn with(key: &MacKey, record_id: &RecordId, address: &Mac) -> Self {
        let (id, kind) = (key.of_id(&record_id.id), record_id.kind.number());
        Self(core::array::from_fn(|at| match at {
            0..GROUP => id[at],
            GROUP => kind,
            at => address[at - KIND],
        }))
    }

    /// What all rows of a type and an id have in common.
    pub(crate) fn of_id(key: &MacKey, kind: RecordType, id: &str) -> Self {
        let none = [0; 32];
        Self::with(key, &RecordId::new(kind, id), &none)
    }

    /// The page that it is on where there are so many.
    pub(crate) fn page(&self, pages: u64) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        let hash = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let all = pages.next_power_of_two();
        let page = hash % all;
        if page < pages { page } else { page % (all / 2) }
    }

    fn kind(&self) -> &[u8] {
        &self.0[..KIND]
    }
}

/// Some MACs; base64url in a record.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Macs(Vec<ShortMac>);

impl TryFrom<String> for Macs {
    type Error = InputError;

    fn try_from(text: String) -> InputResult<Self> {
        let bytes = base64::decode(&text, MALFORMED)?;
        let (macs, []) = bytes.as_chunks() else {
            return Err(MALFORMED);
        };
        Ok(Self(macs.to_vec()))
    }
}

impl From<Macs> for String {
    fn from(macs: Macs) -> Self {
        base64::encode(macs.0.as_flattened())
    }
}

impl Macs {
    /// Whether it names that MAC at that place.
    fn has(&self, at: usize, mac: &Mac) -> bool {
        self.0.get(at) == Some(&short(mac))
    }

    fn set(&mut self, at: usize, mac: &Mac) {
        if self.0.len() <= at {
            self.0.resize(at + 1, ShortMac::default());
        }
        self.0[at] = short(mac);
    }
}

/// What the head says of the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// How many pages there are: at least one.
    pub(crate) pages: u64,
    directories: Macs,
    pub(crate) lists: Lists,
}

impl Manifest {
    /// Of so many pages, with nothing in it yet.
    pub(crate) fn new(pages: u64) -> Self {
        Self {
            pages,
            directories: Macs::default(),
            lists: Lists::default(),
        }
    }

    /// How many pages a vault of so many records has.
    pub(crate) fn enough(records: u64) -> u64 {
        records.div_ceil(ROWS).max(1)
    }

    /// The page whose rows the next one shares.
    pub(crate) fn split(&self) -> u64 {
        Self::split_of(self.pages)
    }

    /// The pages that there are now whose rows others share until there are so many.
    pub(crate) fn splits(&self, pages: u64) -> Vec<u64> {
        let splits = (self.pages..pages).map(Self::split_of);
        splits.filter(|page| *page < self.pages).collect()
    }

    /// The page whose rows the one after so many shares.
    fn split_of(pages: u64) -> u64 {
        let all = (pages + 1).next_power_of_two();
        pages - all / 2
    }

    /// The directory that a page stands in.
    pub(crate) fn directory_of(page: u64) -> u64 {
        page / PAGES
    }

    /// How many directories there are.
    pub(crate) fn directories(&self) -> u64 {
        self.pages.div_ceil(PAGES)
    }

    /// Whether a directory of that MAC is the one that the head names.
    pub(crate) fn names(&self, directory: u64, mac: &Mac) -> bool {
        usize::try_from(directory).is_ok_and(|at| self.directories.has(at, mac))
    }

    pub(crate) fn name(&mut self, directory: u64, mac: &Mac) {
        let at = usize::try_from(directory).unwrap_or(usize::MAX);
        self.directories.set(at, mac);
    }
}

/// The record of a page or directory: its entries one after the other, base64url.
#[derive(Serialize, Deserialize)]
struct Packed {
    entries: String,
}

/// The entries of a record, each of so many bytes.
fn unpack<const N: usize>(members: Object) -> InputResult<Vec<[u8; N]>> {
    let record: Packed = members.decode(MALFORMED)?;
    let bytes = base64::decode(&record.entries, MALFORMED)?;
    match bytes.as_chunks() {
        (entries, []) => Ok(entries.to_vec()),
        _ => Err(MALFORMED),
    }
}

fn pack(entries: &[u8]) -> Object {
    Object::encode(&Packed {
        entries: base64::encode(entries),
    })
}

/// A directory: its pages' MACs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Directory(Macs);

impl Directory {
    pub(crate) fn read(members: Object) -> InputResult<Self> {
        unpack(members).map(Macs).map(Self)
    }

    pub(crate) fn to_json(&self) -> Object {
        pack(self.0.0.as_flattened())
    }

    fn at(page: u64) -> usize {
        (page % PAGES) as usize
    }

    /// Whether a page of that MAC is the one that it names.
    pub(crate) fn names(&self, page: u64, mac: &Mac) -> bool {
        self.0.has(Self::at(page), mac)
    }

    pub(crate) fn name(&mut self, page: u64, mac: &Mac) {
        self.0.set(Self::at(page), mac);
    }
}

/// A page: where its rows stand, and their MACs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Page(Vec<(Place, ShortMac)>);

impl Page {
    pub(crate) fn read(members: Object) -> InputResult<Self> {
        let entries = unpack::<{ PLACE + SHORT }>(members)?;
        let entry = |entry: &[u8; PLACE + SHORT]| {
            let place = Place(core::array::from_fn(|at| entry[at]));
            (place, core::array::from_fn(|at| entry[PLACE + at]))
        };
        let page = Self(entries.iter().map(entry).collect());
        let sorted = page.0.is_sorted_by(|(a, _), (b, _)| a < b);
        sorted.then_some(page).ok_or(MALFORMED)
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut bytes = Vec::with_capacity(self.0.len() * (PLACE + SHORT));
        for (place, mac) in &self.0 {
            bytes.extend_from_slice(&place.0);
            bytes.extend_from_slice(mac);
        }
        pack(&bytes)
    }

    fn find(&self, place: &Place) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.cmp(place))
    }

    /// Whether a row of that MAC, or none, is what stands at a place.
    pub(crate) fn has(&self, place: &Place, mac: Option<&Mac>) -> bool {
        let known = self.find(place).ok().map(|at| self.0[at].1);
        known == mac.map(short)
    }

    /// How many rows there are of a place's type and id.
    pub(crate) fn count_of_id(&self, place: &Place) -> usize {
        let of_id = |(known, _): &&(Place, ShortMac)| known.kind() == place.kind();
        self.0.iter().filter(of_id).count()
    }

    /// How many rows it names.
    pub(crate) fn rows(&self) -> usize {
        self.0.len()
    }

    /// Names a row; whether it names none there yet.
    pub(crate) fn add(&mut self, place: Place, mac: &Mac) -> bool {
        let free = self.find(&place).err();
        if let Some(at) = free {
            self.0.insert(at, (place, short(mac)));
        }
        free.is_some()
    }

    pub(crate) fn remove(&mut self, place: &Place) {
        if let Ok(at) = self.find(place) {
            self.0.remove(at);
        }
    }

    /// Takes those rows out that belong to another page now that there are so many.
    pub(crate) fn split(&mut self, number: u64, pages: u64) -> Self {
        let (stay, go) = core::mem::take(&mut self.0)
            .into_iter()
            .partition(|(place, _)| place.page(pages) == number);
        self.0 = stay;
        Self(go)
    }
}

/// The set digests that prove lists: of the rows of four types, then of the objects' addresses. Base64url in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Lists([SetDigest; LISTED.len() + 1]);

/// What is listed.
const LISTED: [RecordType; 4] = [
    RecordType::Catalog,
    RecordType::Object,
    RecordType::Backup,
    RecordType::Upload,
];

impl TryFrom<String> for Lists {
    type Error = InputError;

    fn try_from(text: String) -> InputResult<Self> {
        let bytes = base64::decode(&text, MALFORMED)?;
        match bytes.as_chunks() {
            (digests, []) if digests.len() == LISTED.len() + 1 => {
                Ok(Self(core::array::from_fn(|at| SetDigest(digests[at]))))
            }
            _ => Err(MALFORMED),
        }
    }
}

impl From<Lists> for String {
    fn from(lists: Lists) -> Self {
        base64::encode(lists.0.map(|digest| digest.0).as_flattened())
    }
}

impl Lists {
    /// That of a type's rows; nothing for a type that is never listed.
    pub(crate) fn rows(&mut self, kind: RecordType) -> Option<&mut SetDigest> {
        let at = LISTED.iter().position(|listed| *listed == kind)?;
        self.0.get_mut(at)
    }

    /// That of the addresses of a type's rows.
    pub(crate) fn places(&mut self, kind: RecordType) -> Option<&mut SetDigest> {
        (kind == RecordType::Object).then_some(&mut self.0[LISTED.len()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::json::strict::is_strict;

    fn place(id: usize) -> Place {
        Place::of_id(&MacKey::fixed(), RecordType::Key, &id.to_string())
    }

    #[test]
    fn what_serde_would_accept_is_refused() {
        is_strict::<Packed>(r#"{"entries":""}"#, &[]);
        let lists = "A".repeat(214);
        let manifest = format!(r#"{{"pages":1,"directories":"","lists":"{lists}"}}"#);
        is_strict::<Manifest>(&manifest, &[]);
    }

    #[test]
    fn each_new_page_takes_rows_of_the_one_it_splits_alone() {
        for pages in 1..70 {
            let split = Manifest::split_of(pages);
            let mut moved = 0;
            for id in 0..500 {
                let (before, after) = (place(id).page(pages), place(id).page(pages + 1));
                assert!(before < pages);
                if before != after {
                    assert_eq!((before, after), (split, pages));
                    moved += 1;
                }
            }
            assert!(moved > 0, "page {pages} takes nothing");
        }
    }

    #[test]
    fn a_page_is_read_as_it_was_written() {
        let mut page = Page::default();
        for id in 0..9 {
            assert!(page.add(place(id), &[7; 32]));
        }
        assert!(!page.add(place(3), &[8; 32]));
        page.remove(&place(3));
        assert!(page.add(place(3), &[8; 32]));
        page.remove(&place(4));
        let read = Page::read(page.to_json()).expect("its own record");
        assert_eq!(read, page);
        assert!(read.has(&place(3), Some(&[8; 32])) && !read.has(&place(3), Some(&[7; 32])));
        assert!(!read.has(&place(3), None) && read.has(&place(4), None));
        assert_eq!(
            (read.count_of_id(&place(3)), read.count_of_id(&place(4))),
            (1, 0)
        );
    }

    #[test]
    fn a_page_out_of_order_or_cut_is_malformed() {
        let entry = |first: u8| [&[first; PLACE][..], &[0; SHORT]].concat();
        let read = |bytes: &[u8]| Page::read(Object::new().with("entries", base64::encode(bytes)));
        assert!(read(&[entry(1), entry(2)].concat()).is_ok());
        for bad in [
            [entry(2), entry(1)].concat(),
            [entry(1), entry(1)].concat(),
            entry(1)[1..].to_vec(),
        ] {
            assert_eq!(read(&bad), Err(MALFORMED));
        }
    }

    #[test]
    fn what_a_split_takes_and_leaves_is_all_there_was() {
        let (mut page, pages) = (Page::default(), 3);
        for id in 0..500 {
            if place(id).page(pages) == 1 {
                page.add(place(id), &[1; 32]);
            }
        }
        let all = page.0.len();
        let new = page.split(Manifest::split_of(pages), pages + 1);
        assert_eq!(page.0.len() + new.0.len(), all);
        assert!(new.0.iter().all(|(place, _)| place.page(pages + 1) == 3));
    }

    #[test]
    fn macs_are_named_by_their_place_alone() {
        let mut manifest = Manifest::new(Manifest::enough(64 * 64 * 2 + 1));
        assert_eq!((manifest.pages, manifest.directories()), (129, 3));
        manifest.name(2, &[9; 32]);
        assert!(manifest.names(2, &[9; 32]) && !manifest.names(1, &[9; 32]));
        assert!(!manifest.names(3, &[0; 32]));
        let read: Manifest = Object::encode(&manifest)
            .decode(MALFORMED)
            .expect("its own");
        assert_eq!(read, manifest);
    }
}
