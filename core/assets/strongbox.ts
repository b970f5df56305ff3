// What the browser keeps of this site between pages: keys that no script can read out, and what was encrypted under them.

const NAME = "hm3";
const STORES = ["keys", "kept"] as const;

/** The places in it. */
export type Store = (typeof STORES)[number];

let opened: Promise<IDBDatabase> | undefined;

/** What is kept under a name. Nothing where the browser keeps nothing, as in some private windows. */
export async function read<Value>(store: Store, name: string): Promise<Value | undefined> {
  return (await run(store, "readonly", (place) => place.get(name))) as Value | undefined;
}

/** Everything that is kept in one place. */
export async function readAll<Value>(store: Store): Promise<Value[]> {
  return ((await run(store, "readonly", (place) => place.getAll())) as Value[] | undefined) ?? [];
}

/** Keep something that has its name as `name`. */
export async function write(store: Store, value: { name: string }): Promise<void> {
  await run(store, "readwrite", (place) => place.put(value));
}

/** Forget something. */
export async function remove(store: Store, name: string): Promise<void> {
  await run(store, "readwrite", (place) => place.delete(name));
}

/** Forget everything in one place. */
export async function clear(store: Store): Promise<void> {
  await run(store, "readwrite", (place) => place.clear());
}

/** Forget everything everywhere. */
export async function empty(): Promise<void> {
  // A database that was never made is not made for this.
  const there = "databases" in indexedDB ? (await indexedDB.databases()).some(({ name }) => name === NAME) : true;
  if (there) for (const store of STORES) await clear(store);
}

async function run(store: Store, mode: IDBTransactionMode, ask: (place: IDBObjectStore) => IDBRequest): Promise<unknown> {
  try {
    opened ??= open();
    const database = await opened;
    return await answered(ask(database.transaction(store, mode).objectStore(store)));
  } catch (error) {
    opened = undefined;
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}

function open(): Promise<IDBDatabase> {
  const asked = indexedDB.open(NAME, 1);
  asked.addEventListener("upgradeneeded", () => {
    for (const store of STORES) asked.result.createObjectStore(store, { keyPath: "name" });
  });
  return answered(asked).then((database) => {
    // Whoever deletes it, as the browser does at the log-out, does not wait for this page.
    const leave = () => {
      database.close();
      opened = undefined;
    };
    database.addEventListener("versionchange", leave);
    database.addEventListener("close", leave);
    return database;
  });
}

function answered<Value>(asked: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    asked.addEventListener("success", () => resolve(asked.result));
    asked.addEventListener("error", () => reject(asked.error));
    if (asked instanceof IDBOpenDBRequest) asked.addEventListener("blocked", () => reject(new DOMException("blocked", "AbortError")));
  });
}
