// What encryption at rest looks like to whoever stores and reads backups, whichever scheme it is.

/** One encrypted file. */
export interface DecryptRequest {
  readonly source: string
  /**
   * The name that was given when the file was encrypted. It says which file of which backup this
   * is and holds nothing that changes when a repository is moved: `BACKUP_ID/data/t.ibd`, never an
   * absolute path. GreatSQL's scheme binds no name.
   */
  readonly boundName: string
  /** Bytes the content must have, where they are known. */
  readonly expectedBytes?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** One encrypted file and where its content is to go. */
export interface DecryptFileRequest extends DecryptRequest {
  /** Must not exist; its directory must. */
  readonly destination: string
}

/** What came out. */
export interface WrittenFile {
  /** Size of the destination. */
  readonly bytes: number
}

/** A way of reading encrypted files, with its key. */
export interface Decrypter {
  /**
   * The content in buffers of about 1 MiB, one read ahead of the reader. Throws INTEGRITY, with
   * file and offset, when the file is missing or damaged; CONFIG when it was encrypted with another
   * key; CANCELLED.
   */
  decryptContent(request: DecryptRequest): AsyncGenerator<Buffer>
  /**
   * Makes `destination`: mode 0640, synced, the whole content. Throws what `decryptContent` does,
   * and PATH_NOT_EMPTY when the destination exists. After a failure there is no destination.
   */
  decryptFile(request: DecryptFileRequest): Promise<WrittenFile>
  /** Size of the content of a file of this size; undefined when no encrypted file has it. */
  contentBytesOf(storedBytes: number): number | undefined
}

/** Content and where to put it encrypted. */
export interface EncryptRequest {
  /** Buffers of any size; they must not be changed once they are handed over. */
  readonly content: AsyncIterable<Uint8Array>
  /** Must not exist; its directory must. */
  readonly destination: string
  /** As in `DecryptRequest`. */
  readonly boundName: string
  readonly signal?: AbortSignal | undefined
}

/** One file and where to put it encrypted. */
export interface EncryptFileRequest extends Omit<EncryptRequest, 'content'> {
  readonly source: string
}

/** Any part of the content of an encrypted file; close it when done. */
export interface ContentAccess extends AsyncDisposable {
  readonly contentBytes: number
  /** Content of one chunk: the least that is ever read from disk. */
  readonly chunkBytes: number
  /** The bytes at `offset`, fewer than `lengthBytes` only where the content ends. */
  read(offset: number, lengthBytes: number): Promise<Buffer>
  close(): Promise<void>
}

/** clonectl's own scheme: every chunk is authenticated together with its place, file and name. */
export interface Cipher extends Decrypter {
  /** 16 hex digits that name the key without telling it; every encrypted file carries them. */
  readonly keyId: string
  /**
   * Makes `destination`: mode 0640 and synced. Throws PATH_NOT_EMPTY, CANCELLED, and what reading
   * `content` throws. After a failure there is no destination.
   */
  encryptContent(request: EncryptRequest): Promise<WrittenFile>
  /** The same for a file; INTEGRITY when it is missing or changes its size meanwhile. */
  encryptFile(request: EncryptFileRequest): Promise<WrittenFile>
  /** Opens a file for reading at any place. Throws as `decryptContent` does. */
  openContent(request: DecryptRequest): Promise<ContentAccess>
}
