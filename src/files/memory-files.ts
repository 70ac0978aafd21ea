/** Files of one request that are not on the disk: given with it, or asked back with its answer. */
export interface MemoryFiles {
  readonly given: ReadonlyMap<string, Uint8Array>;
  /** Names of files that are written here; null before they are. */
  readonly taken: Map<string, Uint8Array | null>;
}

let files: MemoryFiles | null = null;

/** From now on files of these names are read and written in memory, in this thread; null: all files are on the disk. */
export function useMemoryFiles(next: MemoryFiles | null): void {
  files = next;
}

/** What is in memory in this thread; null when every file is on the disk. */
export function memoryFiles(): MemoryFiles | null {
  return files;
}
