// What the bench uses of libraries that are installed at run time, without their own types.
declare module "pouchdb-browser" {
  export default class PouchDB {
    constructor(name: string);
    info(): Promise<{ readonly doc_count: number }>;
    bulkDocs(docs: readonly object[]): Promise<unknown>;
    destroy(): Promise<unknown>;
  }
}

declare module "rxdb" {
  interface Collection {
    bulkInsert(docs: readonly object[]): Promise<unknown>;
    count(): { exec(): Promise<number> };
  }

  export function createRxDatabase(settings: object): Promise<{
    addCollections(schemas: object): Promise<unknown>;
    readonly row: Collection;
    remove(): Promise<unknown>;
  }>;
}

declare module "rxdb/plugins/storage-dexie" {
  export function getRxStorageDexie(settings?: object): unknown;
}
