/**
 * Where packed parts of proofs lie outside the heap, a file for instance: bytes are appended and stay where they are, so that what names them
 * is plain data and holds for as long as the store does.
 */
export interface ProofStore {
  /** Appends bytes and says where they are. */
  append(bytes: Uint8Array): StoredPart;
  read(part: StoredPart): Uint8Array;
}

export interface StoredPart {
  readonly at: number;
  readonly size: number;
}
