import type { MathNode } from 'mathjs';
import { Rational } from '../exact/rational.js';
import { InputError } from '../problem/input-error.js';
import { type Arithmetic, doubleArithmetic, exactArithmetic, finite } from './arithmetic.js';

/**
 * A formula in x: mathjs reads the text, its tree becomes `Expression`, and that is evaluated here, in rationals when
 * every operation is rational. mathjs itself never computes: its rational numbers would be approximations.
 */
export type Expression =
  | { readonly type: 'constant'; readonly text: string }
  | { readonly type: 'variable' }
  | { readonly type: 'named'; readonly name: string }
  | { readonly type: 'apply'; readonly name: string; readonly operands: readonly Expression[] }
  | {
      readonly type: 'choose';
      readonly condition: Expression;
      readonly operands: readonly [Expression, Expression];
    };

interface Operation {
  /** Smallest and largest number of operands. */
  readonly operands: readonly [number, number];
  evaluate<T>(arithmetic: Arithmetic<T>, operands: readonly T[]): T;
}

const truth = <T>(arithmetic: Arithmetic<T>, holds: boolean): T => arithmetic.constant(holds ? '1' : '0');
const isTrue = <T>(arithmetic: Arithmetic<T>, a: T): boolean => signOf(arithmetic, a) !== 0;
const signOf = <T>(arithmetic: Arithmetic<T>, a: T): number =>
  Math.sign(arithmetic.compare(a, arithmetic.constant('0')));
const negate = <T>(arithmetic: Arithmetic<T>, a: T): T => arithmetic.subtract(arithmetic.constant('0'), a);
const ceiling = <T>(arithmetic: Arithmetic<T>, a: T): T =>
  negate(arithmetic, arithmetic.floor(negate(arithmetic, a)));

function unary(evaluate: <T>(arithmetic: Arithmetic<T>, a: T) => T): Operation {
  return { operands: [1, 1], evaluate: (arithmetic, [a]) => evaluate(arithmetic, a!) };
}

function binary(evaluate: <T>(arithmetic: Arithmetic<T>, a: T, b: T) => T): Operation {
  return { operands: [2, 2], evaluate: (arithmetic, [a, b]) => evaluate(arithmetic, a!, b!) };
}

/** A comparison or a connective: 1 when it holds, else 0. */
function relation(holds: <T>(arithmetic: Arithmetic<T>, a: T, b: T) => boolean): Operation {
  return binary((arithmetic, a, b) => truth(arithmetic, holds(arithmetic, a, b)));
}

function extremum(side: 1 | -1): Operation {
  return {
    operands: [1, Infinity],
    evaluate: (arithmetic, operands) =>
      operands.reduce((best, operand) => (arithmetic.compare(operand, best) * side > 0 ? operand : best)),
  };
}

/** Operations that keep rationals rational, under the names of mathjs. `pow` is one when its exponent is an integer. */
const RATIONAL_OPERATIONS: Readonly<Record<string, Operation>> = {
  add: binary((arithmetic, a, b) => arithmetic.add(a, b)),
  subtract: binary((arithmetic, a, b) => arithmetic.subtract(a, b)),
  multiply: binary((arithmetic, a, b) => arithmetic.multiply(a, b)),
  divide: binary((arithmetic, a, b) => arithmetic.divide(a, b)),
  pow: binary((arithmetic, a, b) => arithmetic.power(a, b)),
  mod: binary((arithmetic, a, b) =>
    arithmetic.subtract(a, arithmetic.multiply(b, arithmetic.floor(arithmetic.divide(a, b)))),
  ),
  unaryMinus: unary(negate),
  unaryPlus: unary((_, a) => a),
  abs: unary((arithmetic, a) => (signOf(arithmetic, a) < 0 ? negate(arithmetic, a) : a)),
  relu: unary((arithmetic, a) => (signOf(arithmetic, a) > 0 ? a : arithmetic.constant('0'))),
  sign: unary((arithmetic, a) => arithmetic.constant(String(signOf(arithmetic, a)))),
  floor: unary((arithmetic, a) => arithmetic.floor(a)),
  ceil: unary(ceiling),
  fix: unary((arithmetic, a) => (signOf(arithmetic, a) < 0 ? ceiling(arithmetic, a) : arithmetic.floor(a))),
  // Halves go away from zero.
  round: unary((arithmetic, a) => {
    const half = arithmetic.constant('0.5');
    return signOf(arithmetic, a) < 0
      ? ceiling(arithmetic, arithmetic.subtract(a, half))
      : arithmetic.floor(arithmetic.add(a, half));
  }),
  square: unary((arithmetic, a) => arithmetic.multiply(a, a)),
  cube: unary((arithmetic, a) => arithmetic.multiply(a, arithmetic.multiply(a, a))),
  max: extremum(1),
  min: extremum(-1),
  larger: relation((arithmetic, a, b) => arithmetic.compare(a, b) > 0),
  largerEq: relation((arithmetic, a, b) => arithmetic.compare(a, b) >= 0),
  smaller: relation((arithmetic, a, b) => arithmetic.compare(a, b) < 0),
  smallerEq: relation((arithmetic, a, b) => arithmetic.compare(a, b) <= 0),
  equal: relation((arithmetic, a, b) => arithmetic.compare(a, b) === 0),
  unequal: relation((arithmetic, a, b) => arithmetic.compare(a, b) !== 0),
  and: relation((arithmetic, a, b) => isTrue(arithmetic, a) && isTrue(arithmetic, b)),
  or: relation((arithmetic, a, b) => isTrue(arithmetic, a) || isTrue(arithmetic, b)),
  not: unary((arithmetic, a) => truth(arithmetic, !isTrue(arithmetic, a))),
};

/** Functions that exist in doubles only; their last bit is the JavaScript engine's. */
const DOUBLE_FUNCTIONS: Readonly<Record<string, (a: number) => number>> = {
  sqrt: Math.sqrt,
  cbrt: Math.cbrt,
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  log1p: Math.log1p,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
};

const DOUBLE_CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, tau: 2 * Math.PI };

let parser: Promise<(text: string) => MathNode> | null = null;

async function loadParser(): Promise<(text: string) => MathNode> {
  const { create, all } = await import('mathjs');
  // With BigNumber constants keep all their digits; the default would round them to doubles.
  const { parse } = create(all!, { number: 'BigNumber' });
  return (text) => parse!(text);
}

/**
 * Reads a formula in x. mathjs (a large package) is loaded when this is first called.
 * @throws InputError when the text is no formula, or uses a name or an operation that is not known here
 */
export async function parseFormula(formula: string): Promise<Expression> {
  parser ??= loadParser();
  const parse = await parser;
  let tree: MathNode;
  try {
    tree = parse(formula);
  } catch (error) {
    throw new InputError(`${(error as Error).message} in "${formula}"`, { field: 'formula' });
  }
  return expressionOf(tree, formula);
}

/** The parts of mathjs's nodes that are read here. */
interface ParsedNode {
  readonly type: string;
  readonly value: unknown;
  readonly name: string;
  readonly fn: string | { readonly type: string; readonly name: string };
  readonly args: readonly MathNode[];
  readonly content: MathNode;
  readonly condition: MathNode;
  readonly trueExpr: MathNode;
  readonly falseExpr: MathNode;
  readonly isPercentage: boolean;
}

function expressionOf(tree: MathNode, formula: string): Expression {
  const node = tree as unknown as ParsedNode;
  const refuse = (found: string): never => {
    throw new InputError(
      `expected x, numbers, + - * / ^ mod, comparisons, ?: and ${functionNames()}; found ${found} in "${formula}"`,
      { field: 'formula' },
    );
  };
  switch (node.type) {
    case 'ParenthesisNode':
      return expressionOf(node.content, formula);
    case 'ConstantNode': {
      const text = String(node.value);
      try {
        exactArithmetic.constant(text);
      } catch {
        return refuse(`the constant ${text}`);
      }
      return { type: 'constant', text };
    }
    case 'SymbolNode':
      if (node.name === 'x') return { type: 'variable' };
      if (Object.hasOwn(DOUBLE_CONSTANTS, node.name)) return { type: 'named', name: node.name };
      return refuse(`the name "${node.name}"`);
    case 'ConditionalNode':
      return {
        type: 'choose',
        condition: expressionOf(node.condition, formula),
        operands: [expressionOf(node.trueExpr, formula), expressionOf(node.falseExpr, formula)],
      };
    case 'OperatorNode':
    case 'FunctionNode': {
      const name = operationName(node.fn);
      if (node.isPercentage) return refuse('a percentage');
      const known = Object.hasOwn(RATIONAL_OPERATIONS, name) || Object.hasOwn(DOUBLE_FUNCTIONS, name);
      if (!known) return refuse(`"${name}"`);
      const [least, most] = RATIONAL_OPERATIONS[name]?.operands ?? [1, 1];
      if (node.args.length < least || node.args.length > most) {
        return refuse(`"${name}" with ${node.args.length} operands`);
      }
      return { type: 'apply', name, operands: node.args.map((operand) => expressionOf(operand, formula)) };
    }
    default:
      return refuse(`an expression of type ${node.type}`);
  }
}

function operationName(fn: ParsedNode['fn']): string {
  if (typeof fn === 'string') return fn;
  return fn.type === 'SymbolNode' ? fn.name : 'a method';
}

function functionNames(): string {
  const operators =
    /^(add|subtract|multiply|divide|mod|unary.*|larger.*|smaller.*|equal|unequal|and|or|not)$/;
  return [...Object.keys(RATIONAL_OPERATIONS), ...Object.keys(DOUBLE_FUNCTIONS)]
    .filter((name) => !operators.test(name))
    .join(', ');
}

/** The value of an expression at x. */
function evaluate<T>(expression: Expression, x: T, arithmetic: Arithmetic<T>, functions: Functions<T>): T {
  switch (expression.type) {
    case 'constant':
      return arithmetic.constant(expression.text);
    case 'variable':
      return x;
    case 'named':
      return functions.constant(expression.name);
    case 'choose': {
      const chosen = isTrue(arithmetic, evaluate(expression.condition, x, arithmetic, functions)) ? 0 : 1;
      return evaluate(expression.operands[chosen], x, arithmetic, functions);
    }
    case 'apply': {
      const { name } = expression;
      const operands = expression.operands.map((operand) => evaluate(operand, x, arithmetic, functions));
      const operation = RATIONAL_OPERATIONS[name];
      if (operation !== undefined) return operation.evaluate(arithmetic, operands);
      return functions.apply(name, operands[0]!);
    }
  }
}

/** What rationals do not have. */
interface Functions<T> {
  constant(name: string): T;
  apply(name: string, operand: T): T;
}

const noFunctions: Functions<Rational> = {
  constant: notRational,
  apply: notRational,
};

function notRational(name: string): never {
  throw new TypeError(`${name} is not rational`);
}

const doubleFunctions: Functions<number> = {
  constant: (name) => DOUBLE_CONSTANTS[name]!,
  apply: (name, operand) => finite(DOUBLE_FUNCTIONS[name]!(operand)),
};

/** True when rationals stay rational throughout: no function of doubles, and powers with constant integer exponents. */
export function isRational(expression: Expression): boolean {
  switch (expression.type) {
    case 'constant':
    case 'variable':
      return true;
    case 'named':
      return false;
    case 'choose':
      return isRational(expression.condition) && expression.operands.every(isRational);
    case 'apply':
      if (!Object.hasOwn(RATIONAL_OPERATIONS, expression.name)) return false;
      if (!expression.operands.every(isRational)) return false;
      return expression.name !== 'pow' || isConstantInteger(expression.operands[1]!);
  }
}

function isConstantInteger(expression: Expression): boolean {
  if (mentionsVariable(expression)) return false;
  try {
    return evaluateExactly(expression, Rational.zero).denominator === 1n;
  } catch {
    return false;
  }
}

export function mentionsVariable(expression: Expression): boolean {
  switch (expression.type) {
    case 'constant':
    case 'named':
      return false;
    case 'variable':
      return true;
    case 'choose':
      return mentionsVariable(expression.condition) || expression.operands.some(mentionsVariable);
    case 'apply':
      return expression.operands.some(mentionsVariable);
  }
}

/**
 * The exact value at x of an expression with `isRational`.
 * @throws RangeError on division by zero and on powers that are too large
 */
export function evaluateExactly(expression: Expression, x: Rational): Rational {
  return evaluate(expression, x, exactArithmetic, noFunctions);
}

/**
 * The value in IEEE doubles, each operation rounded in turn.
 * @throws RangeError where an operation has no finite value
 */
export function evaluateInDoubles(expression: Expression, x: number): number {
  return evaluate(expression, x, doubleArithmetic, doubleFunctions);
}
