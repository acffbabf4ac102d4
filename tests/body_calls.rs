//! What holds of calls to a encryptor or decryptor: their order, their failures, and what an engine sees.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "tests")]

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    future::Future,
    pin::pin,
    rc::Rc,
    task::{self, Poll, Waker},
};

use pollster::block_on;
use strongroom::{
    Context,
    base::SystemEntropy,
    object::{
        Dek, Error, Result,
        body::{
            BodyDecryptor, BodyEncryptor, Buffers, Engine, Layout, RustEngine, Segment, SegmentKey,
            Work,
        },
    },
};

/// The rust engine, but slow, watched, and failing when told.
#[derive(Default)]
struct Watched {
    /// How often a segment waits before it is worked on, counted down from one to the next.
    waits: Cell<u32>,
    fails: Cell<bool>,
    keys: RefCell<Vec<[u8; 32]>>,
    nonces: RefCell<Vec<[u8; 12]>>,
}

impl Watched {
    async fn turn(&self, segment: &Segment) -> Result<()> {
        self.nonces.borrow_mut().push(*segment.nonce());
        let waits = self.waits.get();
        self.waits.set(waits.saturating_sub(1));
        for _ in 0..waits {
            once_pending().await;
        }
        if self.fails.get() {
            Err(Error::Unsupported("a broken engine"))
        } else {
            Ok(())
        }
    }
}

impl Buffers for Watched {
    type Key = <RustEngine as Buffers>::Key;
    type Bytes = Vec<u8>;

    fn import(&self, key: SegmentKey) -> Result<Self::Key> {
        self.keys.borrow_mut().push(*key.expose().expose());
        RustEngine.import(key)
    }
}

impl Engine for Watched {
    async fn seal(&self, key: &Self::Key, work: Work<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
        for (segment, _) in &work {
            self.turn(segment).await?;
        }
        RustEngine.seal(key, work).await
    }

    async fn open(&self, key: &Self::Key, work: Work<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
        for (segment, _) in &work {
            self.turn(segment).await?;
        }
        RustEngine.open(key, work).await
    }
}

async fn once_pending() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if core::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// One poll, after which the future must still wait.
fn begin<F: Future>(future: core::pin::Pin<&mut F>) {
    let mut context = task::Context::from_waker(Waker::noop());
    assert!(future.poll(&mut context).is_pending());
}

const SEGMENT: usize = 100;
/// Plaintext bytes of a whole segment, and of the first.
const WHOLE: usize = SEGMENT - 16;
const FIRST: usize = WHOLE - 40;

fn layout() -> Layout {
    Layout::with_segment(SEGMENT as u32).unwrap()
}

fn encryptor(engine: &Rc<Watched>, dek: &Dek, size: Option<u64>) -> BodyEncryptor<Watched> {
    let none = Context::none();
    let encryptor =
        BodyEncryptor::with_layout(layout(), engine.clone(), dek, &none, size, &SystemEntropy);
    encryptor.unwrap()
}

fn decryptor(engine: &Rc<Watched>, dek: Dek, size: Option<u64>) -> BodyDecryptor<Watched> {
    BodyDecryptor::with_layout(layout(), engine.clone(), dek, Context::none(), size)
}

fn fresh() -> (Rc<Watched>, Dek) {
    (
        Rc::new(Watched::default()),
        Dek::generate(&SystemEntropy).unwrap(),
    )
}

fn numbered(length: usize) -> Vec<u8> {
    (0..length).map(|at| at as u8).collect()
}

fn sealed(engine: &Rc<Watched>, dek: &Dek, plain: &[u8]) -> Vec<u8> {
    let encryptor = encryptor(engine, dek, None);
    let mut body = block_on(encryptor.push(plain.to_vec())).unwrap().concat();
    body.extend(block_on(encryptor.finish()).unwrap().concat());
    body
}

#[test]
fn segments_come_in_order_however_often_the_engine_waits() {
    for count in [3, 50] {
        let (engine, dek) = fresh();
        let plain = numbered(count * WHOLE);
        engine.waits.set(count as u32);
        let body = sealed(&engine, &dek, &plain);
        assert_eq!(
            body.len() as u64,
            layout().ciphertext_len(plain.len() as u64).unwrap()
        );
        let decryptor = decryptor(&engine, dek, None);
        engine.waits.set(count as u32);
        let mut opened = block_on(decryptor.push(body)).unwrap().concat();
        opened.extend(block_on(decryptor.finish()).unwrap().concat());
        assert!(opened == plain, "{count}");
    }
}

#[test]
fn no_nonce_repeats_and_only_the_last_says_so() {
    let (engine, dek) = fresh();
    let encryptor = encryptor(&engine, &dek, None);
    for size in [0, 1, FIRST, WHOLE, 5 * WHOLE + 3, 7] {
        block_on(encryptor.push(numbered(size))).unwrap();
    }
    block_on(encryptor.finish()).unwrap();
    let nonces = engine.nonces.borrow();
    let distinct: BTreeSet<_> = nonces.iter().collect();
    assert_eq!(distinct.len(), nonces.len());
    let (last, others) = nonces.split_last().unwrap();
    assert_eq!(last[11], 1);
    assert!(!others.is_empty() && others.iter().all(|nonce| nonce[11] == 0));
}

#[test]
fn every_pass_over_a_dek_has_a_key_of_its_own() {
    let (engine, dek) = fresh();
    let [first, second] = [(); 2].map(|()| sealed(&engine, &dek, b"the same"));
    assert_ne!(first[..40], second[..40]);
    let keys = engine.keys.borrow();
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_call_while_another_waits_is_refused_and_harms_nothing() {
    let (engine, dek) = fresh();
    let plain = numbered(3 * WHOLE);
    let writer = encryptor(&engine, &dek, None);
    engine.waits.set(1);
    let mut pushing = pin!(writer.push(plain.clone()));
    begin(pushing.as_mut());
    let during = block_on(writer.push(b"between".to_vec()));
    assert_eq!(during.err(), Some(Error::Consumed));
    assert_eq!(block_on(writer.finish()).err(), Some(Error::Consumed));
    let mut body = block_on(pushing).unwrap().concat();
    body.extend(block_on(writer.finish()).unwrap().concat());

    let reader = decryptor(&engine, dek, Some(plain.len() as u64));
    engine.waits.set(1);
    let mut pushing = pin!(reader.push(body));
    begin(pushing.as_mut());
    assert_eq!(block_on(reader.finish()).err(), Some(Error::Consumed));
    let mut opened = block_on(pushing).unwrap().concat();
    opened.extend(block_on(reader.finish()).unwrap().concat());
    assert!(opened == plain);
}

#[test]
fn a_call_that_was_dropped_ends_the_body() {
    let (engine, dek) = fresh();
    let writer = encryptor(&engine, &dek, None);
    engine.waits.set(1);
    {
        let mut pushing = pin!(writer.push(numbered(3 * WHOLE)));
        begin(pushing.as_mut());
    }
    // Nonces are spent on what never came out: going on would leave a hole.
    assert_eq!(block_on(writer.push(vec![0])).err(), Some(Error::Consumed));
    assert_eq!(block_on(writer.finish()).err(), Some(Error::Consumed));
}

#[test]
fn a_failure_of_the_engine_ends_the_body() {
    let (engine, dek) = fresh();
    let body = sealed(&engine, &dek, &numbered(3 * WHOLE));
    let (writer, reader) = (
        encryptor(&engine, &dek, None),
        decryptor(&engine, dek, None),
    );
    engine.fails.set(true);
    let broken = Some(Error::Unsupported("a broken engine"));
    assert_eq!(block_on(writer.push(numbered(3 * WHOLE))).err(), broken);
    assert_eq!(block_on(reader.push(body.clone())).err(), broken);
    engine.fails.set(false);
    assert_eq!(block_on(writer.finish()).err(), Some(Error::Consumed));
    assert_eq!(block_on(reader.push(body)).err(), Some(Error::Consumed));
}

#[test]
fn the_header_comes_with_the_first_segment_and_a_whole_segment_waits_for_what_follows() {
    let (engine, dek) = fresh();
    let writer = encryptor(&engine, &dek, None);
    let push = |plain| block_on(writer.push(plain)).unwrap();
    assert!(push(numbered(FIRST)).is_empty());
    assert!(push(Vec::new()).is_empty());
    let first = push(vec![0]);
    assert_eq!(
        first.iter().map(Vec::len).collect::<Vec<_>>(),
        [40, SEGMENT - 40]
    );
    assert_eq!(first[0][0], 40);
    assert!(push(numbered(WHOLE - 1)).is_empty());
    let last = block_on(writer.finish()).unwrap();
    assert_eq!(last.iter().map(Vec::len).collect::<Vec<_>>(), [SEGMENT]);

    let reader = decryptor(&engine, dek, None);
    let push = |cipher| block_on(reader.push(cipher)).unwrap();
    assert!(push(first.concat()).is_empty());
    assert_eq!(push(last.concat()).concat().len(), FIRST);
    assert_eq!(block_on(reader.finish()).unwrap().concat().len(), WHOLE);
}

#[test]
fn a_body_cut_at_a_segments_end_gives_only_what_came_before() {
    let (engine, dek) = fresh();
    let plain = numbered(3 * WHOLE);
    let body = sealed(&engine, &dek, &plain);
    let reader = decryptor(&engine, dek, None);
    let given = block_on(reader.push(body[..2 * SEGMENT].to_vec())).unwrap();
    assert!(given.concat() == plain[..FIRST]);
    assert_eq!(block_on(reader.finish()).err(), Some(Error::Decrypt));
}

#[test]
fn nothing_comes_out_beyond_the_size_that_was_promised_or_stated() {
    let (engine, dek) = fresh();
    let size = Some(WHOLE as u64);
    let writer = encryptor(&engine, &dek, size);
    let too_much = block_on(writer.push(numbered(4 * WHOLE)));
    assert_eq!(too_much.err(), Some(Error::Changed));
    assert!(engine.nonces.borrow().is_empty(), "nothing was encrypted");

    let body = sealed(&engine, &dek, &numbered(4 * WHOLE));
    let reader = decryptor(&engine, dek, size);
    let mut given = 0;
    let failed = body.chunks(10).try_for_each(|chunk| {
        let pieces = block_on(reader.push(chunk.to_vec()))?;
        given += pieces.concat().len();
        Ok(())
    });
    assert_eq!(failed, Err(Error::Decrypt));
    assert_eq!(given, FIRST);
}

#[test]
fn a_body_that_is_shorter_than_its_own_header_is_refused() {
    for length in [0, 1, 39, 40, 41] {
        let (engine, dek) = fresh();
        let body = sealed(&engine, &dek, b"");
        let reader = decryptor(&engine, dek, None);
        assert!(
            block_on(reader.push(body[..length].to_vec()))
                .unwrap()
                .is_empty()
        );
        let end = block_on(reader.finish());
        assert_eq!(end.err(), Some(Error::Decrypt), "{length}");
    }
}

#[test]
fn a_segment_keeps_no_more_memory_than_it_needs() {
    let (engine, dek) = fresh();
    let writer = encryptor(&engine, &dek, None);
    let pieces = block_on(writer.push(numbered(100 * WHOLE))).unwrap();
    assert_eq!(pieces.len(), 101);
    let kept: usize = pieces.iter().map(Vec::capacity).sum();
    assert!(kept <= 101 * SEGMENT, "{kept}");
}
