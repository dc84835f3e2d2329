/** Where this browser keeps the private keys of a seat between two rounds: they survive a reload and leave it never. */

const STORE = 'secrets';

/** Keeps what a seat must not lose. */
export async function keepSecrets(name: string, text: string): Promise<void> {
  await within('readwrite', (store) => store.put(text, name));
}

/** What was kept, undefined when nothing was. */
export async function keptSecrets(name: string): Promise<string | undefined> {
  const found: unknown = await within('readonly', (store) => store.get(name));
  return typeof found === 'string' ? found : undefined;
}

/** Destroys what was kept (K6). */
export async function forgetSecrets(name: string): Promise<void> {
  await within('readwrite', (store) => store.delete(name));
}

async function within<T>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        resolve(request.result);
      };
      transaction.onerror = () => {
        reject(new Error('IndexedDB'));
      };
      transaction.onabort = transaction.onerror;
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('isoloir-ceremony', 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(STORE);
    };
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(new Error('IndexedDB'));
    };
  });
}
