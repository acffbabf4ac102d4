//! The connection to the database: opened on demand, closed for a tab that wants to upgrade or delete the database,
//! and opened again.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, IdbDatabase, IdbFactory, IdbOpenDbRequest, IdbVersionChangeEvent};

use crate::{
    base::Cause,
    store::Error,
    web::{
        thrown::{Failure, Lost, Thrown, is_lost, thrown_by},
        waiting::{PATIENCE, clear_timeout, set_timeout, settle},
    },
};

use super::{schema::Schema, transaction::Transaction};

thread_local! {
    /// Called when a connection was closed by others.
    static LISTENER: RefCell<Option<Function>> = RefCell::default();
}

/// Has the listener called whenever the browser, or a tab that deletes or upgrades the database, has closed a connection.
#[wasm_bindgen(js_name = watchDatabase)]
pub fn watch_database(listener: Function) {
    LISTENER.replace(Some(listener));
}

/// One connection, shared by all calls.
pub(super) struct Connection {
    name: String,
    schema: Schema,
    shared: Shared,
    was_open: Cell<bool>,
}

/// The connection that there is.
type Shared = Rc<RefCell<Option<Opening>>>;

/// A connection that is open, or that is being opened.
#[derive(Clone)]
pub(super) struct Opening {
    /// Fulfilled with an `IdbDatabase`.
    database: Promise,
    /// Another tab stands in the way: the promise was rejected, and the request still waits.
    blocked: Rc<Cell<bool>>,
}

impl Connection {
    pub(super) fn new(name: &str, schema: Schema) -> Self {
        Self {
            name: name.to_owned(),
            schema,
            shared: Shared::default(),
            was_open: Cell::default(),
        }
    }

    /// A transaction of that mode, on a connection that is opened again once if it turns out to be lost. It is active
    /// until the caller waits for anything but its requests.
    pub(super) async fn begin(&self, mode: &str) -> Result<(Transaction, Opening), Error> {
        let begun = match self.try_to_begin(mode).await {
            // Nothing has happened yet.
            Err(error) if is_lost(&error) => self.try_to_begin(mode).await,
            begun => begun,
        };
        begun.map_err(|error| self.explain(error))
    }

    async fn try_to_begin(&self, mode: &str) -> Result<(Transaction, Opening), Error> {
        let opening = self.opening()?;
        let database = self.database(&opening).await?;
        self.was_open.set(true);
        let begun = Transaction::begin(&database, mode).map_err(|thrown| Thrown(thrown).into());
        Ok((self.keep_if_sound(&opening, begun)?, opening))
    }

    /// The outcome of what was done on a connection. If it shows that the connection was lost, the next call opens another.
    pub(super) fn keep_if_sound<T>(
        &self,
        opening: &Opening,
        outcome: Result<T, Error>,
    ) -> Result<T, Error> {
        if outcome.as_ref().is_err_and(is_lost) {
            opening.forget(&self.shared);
        }
        outcome
    }

    /// What to say of a connection that was lost. Only where there never was one does the browser keep nothing.
    pub(super) fn explain(&self, error: Error) -> Error {
        match thrown_by(&error) {
            Some(thrown) if self.was_open.get() && is_lost(&error) => {
                Error::store(Lost(thrown.clone()))
            }
            _ => error,
        }
    }

    fn opening(&self) -> Result<Opening, Failure> {
        let mut shared = self.shared.borrow_mut();
        if let Some(opening) = &*shared {
            return Ok(opening.clone());
        }
        let request = factory()?.open_with_u32(&self.name, self.schema.version)?;
        let opening = Opening::new(&request, self.schema, &self.shared);
        Ok(shared.insert(opening).clone())
    }

    async fn database(&self, opening: &Opening) -> Result<IdbDatabase, Error> {
        match JsFuture::from(opening.database.clone()).await {
            Ok(database) => Ok(database.unchecked_into()),
            Err(thrown) => {
                opening.forget(&self.shared);
                Err(if opening.blocked.get() {
                    Error::Blocked
                } else {
                    Thrown(thrown).into()
                })
            }
        }
    }
}

impl Opening {
    /// Another tab may stand in the way by an older version that it keeps open, which the request is told at once,
    /// or by deleting or upgrading the database, behind which the request waits and is told nothing. The request
    /// still waits then: if it succeeds later, the connection is not wanted any more, and is closed.
    fn new(request: &IdbOpenDbRequest, schema: Schema, shared: &Shared) -> Self {
        let blocked = Rc::new(Cell::new(false));
        let database = Promise::new(&mut |resolve, reject| {
            let late = Rc::clone(&blocked);
            let refuse = reject.clone();
            let block = handler(move |_| {
                late.set(true);
                settle(&refuse, &JsValue::UNDEFINED);
                Ok(())
            });
            let patience = set_timeout(&block, PATIENCE, &JsValue::UNDEFINED);
            request.set_onblocked(Some(&block));
            request.set_onupgradeneeded(Some(&upgrade(request, schema)));

            let (late, shared) = (Rc::clone(&blocked), Rc::downgrade(shared));
            let (opened, timer) = (request.clone(), patience.clone());
            let success = handler(move |_| {
                clear_timeout(&timer);
                let database: IdbDatabase = opened.result()?.unchecked_into();
                if late.get() {
                    database.close();
                } else {
                    watch(&database, &shared, &late);
                    settle(&resolve, &database);
                }
                Ok(())
            });
            request.set_onsuccess(Some(&success));

            let failed = request.clone();
            let error = handler(move |_| {
                clear_timeout(&patience);
                settle(&reject, &failed.error()?.into());
                Ok(())
            });
            request.set_onerror(Some(&error));
        });
        Self { database, blocked }
    }

    /// The next call opens another connection, unless one has done so already.
    fn forget(&self, shared: &RefCell<Option<Self>>) {
        forget(shared, &self.blocked);
    }
}

/// Each opening has a cell of its own, by which it is known.
fn forget(shared: &RefCell<Option<Opening>>, blocked: &Rc<Cell<bool>>) {
    let mut shared = shared.borrow_mut();
    shared.take_if(|opening| Rc::ptr_eq(&opening.blocked, blocked));
}

/// What throws in it rolls the upgrade back.
fn upgrade(request: &IdbOpenDbRequest, schema: Schema) -> Function {
    let request = request.clone();
    handler(move |event| {
        let event: IdbVersionChangeEvent = event.unchecked_into();
        let database: IdbDatabase = request.result()?.unchecked_into();
        // Versions of ours are small whole numbers.
        (schema.migrate)(&database, event.old_version() as u32)
    })
}

/// Closes the connection when another tab wants to upgrade or delete the database, and forgets it then and when the
/// browser closes it.
fn watch(
    database: &IdbDatabase,
    shared: &Weak<RefCell<Option<Opening>>>,
    opening: &Rc<Cell<bool>>,
) {
    let (shared, opening) = (Weak::clone(shared), Rc::clone(opening));
    let closed = handler(move |event| {
        // Where the browser has closed it, this does nothing. It comes first: nothing may keep the other tab waiting.
        if let Some(database) = event.unchecked_into::<Event>().target() {
            database.unchecked_into::<IdbDatabase>().close();
        }
        if let Some(shared) = shared.upgrade() {
            forget(&shared, &opening);
        }
        if let Some(listener) = LISTENER.with_borrow(Option::clone) {
            settle(&listener, &JsValue::UNDEFINED);
        }
        Ok(())
    });
    database.set_onversionchange(Some(&closed));
    database.set_onclose(Some(&closed));
}

/// A handler of events. What it holds is dropped once JavaScript has no reference to it any more.
fn handler(run: impl FnMut(JsValue) -> Result<(), JsValue> + 'static) -> Function {
    Closure::<dyn FnMut(JsValue) -> Result<(), JsValue>>::new(run)
        .into_js_value()
        .unchecked_into()
}

fn factory() -> Result<IdbFactory, Failure> {
    let factory = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
    if factory.is_object() {
        Ok(factory.unchecked_into())
    } else {
        let missing = js_sys::ReferenceError::new("indexedDB is not defined");
        Err(Error::NoStorage(Cause::new(Thrown(missing.into()))).into())
    }
}
