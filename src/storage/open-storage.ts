import { embeddedUrls, startEmbeddedPostgres } from './embedded-postgres.js';
import { FolderInUse } from './folder-claim.js';

/** A PostgreSQL that is there for us. */
export interface Storage {
  /** The login of the server's own work. */
  readonly url: string;
  /** The owner of the schemas, for migrations. */
  readonly ownerUrl: string;
  /** Stops PostgreSQL when it was started for us. */
  close(): Promise<void>;
}

export interface StorageSettings {
  readonly databaseUrl: string | undefined;
  readonly databaseOwnerUrl: string | undefined;
  readonly dataFolder: string;
}

/**
 * The PostgreSQL of DATABASE_URL, or the embedded one on its folder. With `beside`, the one that a running server has
 * started there is used (the command line); otherwise a folder in use is refused with `FolderInUse`.
 */
export async function openStorage(settings: StorageSettings, beside = false): Promise<Storage> {
  const { databaseUrl: url, databaseOwnerUrl } = settings;
  if (url) return { url, ownerUrl: databaseOwnerUrl ?? url, close: () => Promise.resolve() };
  try {
    const embedded = await startEmbeddedPostgres(settings.dataFolder);
    return { url: embedded.url, ownerUrl: embedded.ownerUrl, close: () => embedded.stop() };
  } catch (error) {
    if (!beside || !(error instanceof FolderInUse)) throw error;
    return { ...(await embeddedUrls(settings.dataFolder)), close: () => Promise.resolve() };
  }
}
