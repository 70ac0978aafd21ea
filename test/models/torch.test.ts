import { describe, expect, test } from 'vitest';
import { readZip, writeZip } from '../../src/files/zip.js';
import { readTorch, type TorchFile } from '../../src/models/torch.js';
import {
  expectedTensors,
  expectMutationsSafe,
  expectTruncationsRefused,
  fixture,
  inputError,
  withBits,
} from '../support/binary-fixtures.js';

const files = Object.keys(expectedTensors).filter((file) => file.endsWith('.pt'));

/** The fixture repacked with some entries replaced, added, or (null) removed; names without the root folder. */
function repacked(file: string, changes: Record<string, Uint8Array | null>): Uint8Array {
  const root = `${file.slice(0, -'.pt'.length)}/`;
  const entries = new Map(readZip(fixture(file), file).map((entry) => [entry.name, entry.bytes]));
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes === null) entries.delete(root + name);
    else entries.set(root + name, bytes);
  }
  return writeZip([...entries].map(([name, bytes]) => ({ name, bytes })));
}

function pickleOf(file: string): string {
  const entry = readZip(fixture(file), file).find(({ name }) => name.endsWith('/data.pkl'))!;
  return String.fromCharCode(...entry.bytes);
}

const latin1 = (s: string) => Uint8Array.from(s, (c) => c.charCodeAt(0));

describe.each(files)('%s, written by PyTorch', (file) => {
  test('is read bit for bit', () => {
    const { tensors, entry } = readTorch(fixture(file), file);
    expect(tensors.map(withBits)).toEqual(expectedTensors[file]);
    expect(entry).toBeNull();
  });

  test('is refused when truncated, and safe when mutated', () => {
    const bytes = fixture(file);
    expectTruncationsRefused(bytes, (part) => readTorch(part, file));
    expect(expectMutationsSafe(bytes, (mutant) => readTorch(mutant, file))).toBeGreaterThan(1000);
  });

  test('is safe when the pickle inside is mutated and the archive is sound', () => {
    const pickle = latin1(pickleOf(file));
    const read = (mutant: Uint8Array) => readTorch(repacked(file, { 'data.pkl': mutant }), file);
    expect(expectMutationsSafe(pickle, read, 500)).toBeGreaterThan(100);
  });
});

test('big-endian storage is read', () => {
  const swapped = (file: string): Uint8Array => {
    const changes: Record<string, Uint8Array> = { byteorder: latin1('big') };
    for (const { name, bytes } of readZip(fixture(file), file)) {
      const storage = /data\/\d+$/.exec(name)?.[0];
      if (storage === undefined) continue;
      const copy = bytes.slice();
      for (let i = 0; i < copy.length; i += 4) copy.subarray(i, i + 4).reverse();
      changes[storage] = copy;
    }
    return repacked(file, changes);
  };
  expect(readTorch(swapped('float32.pt'), 'a.pt')).toEqual(readTorch(fixture('float32.pt'), 'a.pt'));
  expect(inputError(() => readTorch(repacked('float32.pt', { byteorder: latin1('pdp') }), 'a.pt'))).toMatch(
    /byte order is "pdp"/,
  );
});

const stateDictLine = /torch\.save\(model\.state_dict\(\), "model\.pt"\)/;

test.each<[string, RegExp]>([
  ['refused-module.pt', /"torch\.nn\.modules\.container\.Sequential".*can run any code/],
  ['refused-torchscript.pt', /TorchScript/],
])('%s is refused with the reason and the line that saves a readable one', (file, message) => {
  const error = inputError(() => readTorch(fixture(file), file));
  expect(error).toMatch(message);
  expect(error).toMatch(stateDictLine);
});

const bits = (file: TorchFile) => file.tensors.map(withBits);

test('the format before PyTorch 1.6 gives the same tensors', () => {
  // Written from the same seeded network as float32.pt.
  const legacy = fixture('legacy.pt');
  expect(bits(readTorch(legacy, 'a.pt'))).toEqual(expectedTensors['float32.pt']);
  expectTruncationsRefused(legacy, (part) => readTorch(part, 'a.pt'));
  expect(expectMutationsSafe(legacy, (mutant) => readTorch(mutant, 'a.pt'))).toBeGreaterThan(500);
  const longer = new Uint8Array(legacy.length + 1);
  longer.set(legacy);
  expect(inputError(() => readTorch(longer, 'a.pt'))).toMatch(/has 1 bytes after its last storage/);
  const bare = inputError(() => readTorch(latin1('\x80\x02}.'), 'a.pt'));
  expect(bare).toMatch(/is a bare pickle, not a file of torch\.save/);
  expect(bare).toMatch(stateDictLine);
});

test('the state dict of a checkpoint is read, and its entry named', () => {
  const { tensors, entry } = readTorch(fixture('checkpoint.pt'), 'a.pt');
  expect(tensors.map(withBits)).toEqual(expectedTensors['float32.pt']);
  expect(entry).toBe('model');
});

describe('hostile pickles in a sound archive', () => {
  const sound = pickleOf('float32.pt');
  // Offset 0, shape (3, 2), strides (2, 1) of the first tensor.
  const view = 'K\x00K\x03K\x02\x86q\tK\x02K\x01\x86';

  test('the place to attack is there', () => {
    expect(sound.split(view)).toHaveLength(2);
    expect(sound.startsWith('\x80\x02ccollections\nOrderedDict\n')).toBe(true);
  });

  test.each<[string, string, RegExp]>([
    ['offset', sound.replace(view, view.replace('K\x00', 'K\x01')), /reaches element 6 of a storage of 6/],
    ['negative offset', sound.replace(view, view.replace('K\x00', 'J\xff\xff\xff\xff')), /a tensor/],
    ['shape', sound.replace(view, view.replace('K\x03', 'K\x04')), /reaches element 7 of a storage of 6/],
    ['strides', sound.replace(view, view.replace('K\x02K\x01', 'K\x03K\x01')), /reaches element 7/],
    [
      'a dimension more',
      sound.replace(view, view.replace('K\x03K\x02\x86', 'K\x03K\x01K\x02\x87')),
      /a tensor/,
    ],
    [
      'absurd shape',
      sound.replace(view, view.replace('K\x03K\x02', 'J\xff\xff\xff\x7fJ\xff\xff\xff\x7f')),
      /absurd shape/,
    ],
    [
      'a gigantic view of one element',
      sound.replace(view, 'K\x00M\xff\xffM\xff\xff\x86q\tK\x00K\x00\x86'),
      /claim to hold 4294836\d+ numbers/,
    ],
    ['os.system', sound.replace('collections\nOrderedDict', 'os\nsystem'), /"os\.system".*can run any code/],
    [
      'builtins.eval',
      sound.replace('torch._utils\n_rebuild_tensor_v2', 'builtins\neval'),
      /"builtins\.eval"/,
    ],
    ['unknown storage', sound.replace('FloatStorage', 'BoolStorage'), /torch\.BoolStorage are not read/],
    [
      'other storage type',
      sound.replace('FloatStorage', 'DoubleStorage'),
      /needs 48 bytes, but data\/0 has 24/,
    ],
    ['storage key', sound.replace('X\x01\x00\x00\x000', 'X\x01\x00\x00\x009'), /data\/9 is missing/],
    [
      'storage key that leaves the folder',
      sound.replace('X\x01\x00\x00\x000', 'X\x07\x00\x00\x00../../a'),
      /is missing/,
    ],
    ['storage size', sound.replace('cpuq\x07K\x06', 'cpuq\x07K\x07'), /needs 28 bytes/],
    ['a list', '\x80\x02].', /no state dict/],
    [
      'a tensor under a number',
      sound.replace('X\x08\x00\x00\x000.weight', 'K\x05'),
      /a tensor has the name 5, which is not text/,
    ],
  ])('%s', (_, pickle, message) => {
    expect(pickle).not.toBe(sound);
    const bytes = repacked('float32.pt', { 'data.pkl': latin1(pickle) });
    expect(inputError(() => readTorch(bytes, 'a.pt'))).toMatch(message);
  });

  test('storage that is missing, too short or too long', () => {
    for (const [bytes, message] of [
      [null, /data\/0 is missing/],
      [new Uint8Array(20), /has 20/],
      [new Uint8Array(28), /has 28/],
    ] as const) {
      expect(inputError(() => readTorch(repacked('float32.pt', { 'data/0': bytes }), 'a.pt'))).toMatch(
        message,
      );
    }
    expect(inputError(() => readTorch(repacked('float32.pt', { 'data.pkl': null }), 'a.pt'))).toMatch(
      /expected one data\.pkl/,
    );
  });
});

test('a tensor is a copy of its own', () => {
  const { tensors } = readTorch(fixture('strided.pt'), 'strided.pt');
  const whole = tensors.find((tensor) => tensor.name === 'whole')!;
  const before = tensors.find((tensor) => tensor.name === 'column')!.values.slice();
  whole.values.fill(0);
  expect(tensors.find((tensor) => tensor.name === 'column')!.values).toEqual(before);
});
