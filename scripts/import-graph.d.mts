export interface Edge {
  /** A file of ours as "folder/name.ts", "node:..." or a package. */
  readonly to: string;
  /** `import type`: gone when the program runs. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

/** Absolute path of src. */
export const SOURCE: string;
/** File of src, as "folder/name.ts" -> its imports. */
export function readImports(): Map<string, Edge[]>;
/** The room of a file: the folder below src, '' for src itself. */
export function folderOf(file: string): string;
/** Folders as nodes, an arrow for an import, those that follow from others left out; a Mermaid block. */
export function drawing(imports?: Map<string, Edge[]>): string;
/** The page with its drawing replaced. */
export function withDrawing(page: string, picture?: string): string;
