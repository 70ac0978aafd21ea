import type { CommonOptions } from './common.js';

/** One line on standard error that follows a computation, on a terminal only. */
export class ProgressLine {
  private readonly shown: boolean;
  private written = false;

  constructor({ quiet }: CommonOptions) {
    this.shown = quiet !== true && process.stderr.isTTY === true;
  }

  /** Replaces what the line says. */
  show(text: string): void {
    if (!this.shown) return;
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns || 80) - 1)}`);
    this.written = true;
  }

  clear(): void {
    if (this.written) process.stderr.write('\r\x1b[K');
    this.written = false;
  }
}
