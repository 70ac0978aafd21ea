/** Rows are worked on in pairs: matrices have an even order, an odd one gets a row of the identity more. */
export function evenOrder(order: number): number {
  return order + (order & 1);
}

/**
 * The lower triangle L with L L^T = matrix + added * I, in place, in doubles; false when that is not positive.
 *
 * Two rows and two columns at a time: four sums that do not wait for each other, and every entry read serves two of them.
 * @param matrix order x order, its lower triangle is read and written
 * @param order even
 * @param inverses of the diagonal of L, written: `order` of them
 */
export function cholesky(
  matrix: Float64Array,
  order: number,
  added: number,
  inverses: Float64Array,
): boolean {
  for (let i = 0; i < order; i += 2) {
    const a = i * order;
    const b = a + order;
    for (let j = 0; j < i; j += 2) {
      const c = j * order;
      const d = c + order;
      let ac = matrix[a + j]!;
      let ad = matrix[a + j + 1]!;
      let bc = matrix[b + j]!;
      let bd = matrix[b + j + 1]!;
      for (let k = 0; k < j; k++) {
        const p = matrix[a + k]!;
        const q = matrix[b + k]!;
        const u = matrix[c + k]!;
        const v = matrix[d + k]!;
        ac -= p * u;
        ad -= p * v;
        bc -= q * u;
        bd -= q * v;
      }
      const corner = matrix[d + j]!;
      ac *= inverses[j]!;
      bc *= inverses[j]!;
      matrix[a + j] = ac;
      matrix[b + j] = bc;
      matrix[a + j + 1] = (ad - ac * corner) * inverses[j + 1]!;
      matrix[b + j + 1] = (bd - bc * corner) * inverses[j + 1]!;
    }
    let aa = matrix[a + i]! + added;
    let ba = matrix[b + i]!;
    let bb = matrix[b + i + 1]! + added;
    for (let k = 0; k < i; k++) {
      const p = matrix[a + k]!;
      const q = matrix[b + k]!;
      aa -= p * p;
      ba -= q * p;
      bb -= q * q;
    }
    if (!(aa > 0)) return false;
    inverses[i] = 1 / Math.sqrt(aa);
    ba *= inverses[i]!;
    bb -= ba * ba;
    if (!(bb > 0)) return false;
    inverses[i + 1] = 1 / Math.sqrt(bb);
    matrix[b + i] = ba;
  }
  return true;
}

/** Solves L L^T x = right in place. The diagonal of L is read from its inverses. */
export function substitute(
  factor: Float64Array,
  order: number,
  inverses: Float64Array,
  right: Float64Array,
): void {
  for (let i = 0; i < order; i++) {
    const line = i * order;
    let sum = right[i]!;
    for (let j = 0; j < i; j++) sum -= factor[line + j]! * right[j]!;
    right[i] = sum * inverses[i]!;
  }
  for (let i = order - 1; i >= 0; i--) {
    const line = i * order;
    const value = right[i]! * inverses[i]!;
    right[i] = value;
    for (let j = 0; j < i; j++) right[j]! -= factor[line + j]! * value;
  }
}
