import { readTextPieces } from '../files/read-file.js';
import type { Certificate } from './certificate.js';
import { parseCertificate } from './read.js';

/**
 * Reads a certificate file, compressed or not.
 * @throws InputError when the file cannot be read or is not a certificate
 */
export function readCertificate(path: string): Certificate {
  return parseCertificate({ [Symbol.iterator]: () => readTextPieces(path) }, path);
}
