/** A binary heap with the least value on top. */
export class Heap<T> {
  private readonly items: T[] = [];

  constructor(private readonly rankOf: (item: T) => number) {}

  get size(): number {
    return this.items.length;
  }

  get top(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items, rankOf } = this;
    const value = rankOf(item);
    let i = items.push(item) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (rankOf(items[parent]!) <= value) break;
      items[i] = items[parent]!;
      i = parent;
    }
    items[i] = item;
  }

  pop(): T | undefined {
    const { items, rankOf } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length === 0 || last === undefined) return top;
    const value = rankOf(last);
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && rankOf(items[child + 1]!) < rankOf(items[child]!)) child++;
      if (rankOf(items[child]!) >= value) break;
      items[i] = items[child]!;
      i = child;
    }
    items[i] = last;
    return top;
  }

  /** The items in no particular order. */
  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]();
  }
}
