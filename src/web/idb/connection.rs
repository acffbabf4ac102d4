//! The connection to the database: opened on demand, given up when another tab wants to upgrade or
//! the browser closes it, and opened again.

use core::cell::RefCell;
use std::rc::Rc;

use indexed_db_futures::{
    Build,
    database::{Database, VersionChangeEvent},
};
use tokio::sync::oneshot;
use wasm_bindgen_futures::spawn_local;

use crate::vocabulary::{Error, Result};

use super::{
    failure::{opening, storage},
    schema,
};

/// One realm's connection.
pub(super) struct Connection {
    name: String,
    open: Rc<RefCell<Option<Database>>>,
}

impl Connection {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            open: Rc::default(),
        }
    }

    /// The open database.
    pub(super) async fn database(&self) -> Result<Database> {
        if let Some(database) = self.open.borrow().as_ref() {
            return Ok(database.clone());
        }
        let database = open(&self.name).await?;
        self.open.replace(Some(database.clone()));
        self.watch(&database)?;
        Ok(database)
    }

    /// Lets go of the connection on `versionchange`, so that no tab of an older release blocks the
    /// upgrade of a newer one, and on `close`, by which the browser says that it took it away.
    fn watch(&self, database: &Database) -> Result<()> {
        let mut events = database.version_changes().map_err(storage)?;
        let open = self.open.clone();
        spawn_local(async move {
            events.recv().await;
            if let Some(database) = open.take() {
                database.close();
            }
        });
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Some(database) = self.open.take() {
            database.close();
        }
    }
}

/// Opens the database, or says that another tab stands in the way. That request still waits then:
/// should it succeed later, nobody wants the connection any more, and it is closed.
async fn open(name: &str) -> Result<Database> {
    let (answer, outcome) = oneshot::channel();
    let answer = Rc::new(RefCell::new(Some(answer)));
    let blocked = answer.clone();
    let request = Database::open(name)
        .with_version(schema::VERSION)
        .with_on_blocked(move |_| {
            send(&blocked, Err(Error::Blocked));
            Ok(())
        })
        .with_on_upgrade_needed(|event: VersionChangeEvent, database: Database| {
            // Versions are whole numbers below 2^32: nobody else writes this database.
            schema::migrate(event.old_version() as u32, &database)
        })
        .build()
        .map_err(opening)?;
    spawn_local(async move {
        if let Some(Ok(database)) = send(&answer, request.await.map_err(opening)) {
            database.close();
        }
    });
    outcome.await.unwrap_or(Err(Error::Blocked))
}

type Answer = Rc<RefCell<Option<oneshot::Sender<Result<Database>>>>>;

/// Answers once; gives back what came too late.
fn send(answer: &Answer, outcome: Result<Database>) -> Option<Result<Database>> {
    match answer.take() {
        Some(sender) => sender.send(outcome).err(),
        None => Some(outcome),
    }
}
