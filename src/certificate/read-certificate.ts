import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../data/input-error.js';
import type { Certificate } from './certificate.js';
import { parseCertificate } from './read.js';

/** Largest certificate text that is read, in bytes: what one text can hold. */
export const LARGEST_CERTIFICATE = 2 ** 29 - 25;

/**
 * Reads a certificate file; gzip is recognised by its first two bytes.
 * @throws InputError when the file cannot be read, is larger than LARGEST_CERTIFICATE or not a certificate
 */
export function readCertificate(path: string): Certificate {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new InputError(
      `${path}: cannot be read (${(error as NodeJS.ErrnoException).code}); name a certificate file`,
    );
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: LARGEST_CERTIFICATE });
    } catch (error) {
      throw new InputError(`${path}: not a readable gzip file (${(error as Error).message})`);
    }
  }
  if (bytes.length > LARGEST_CERTIFICATE) {
    throw new InputError(`${path}: ${bytes.length} bytes, at most ${LARGEST_CERTIFICATE} are read`);
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${path}: expected UTF-8 text, found other bytes`);
  }
  return parseCertificate(text, path);
}
