import { Rational } from '../exact/rational.js';
import type { Calendar } from './dataset.js';

/** A date, or a date and a time, as ISO 8601 writes it: a point on the calendar without a zone, or in one. */
export interface IsoDate {
  /** Days since 1970-01-01 (proleptic Gregorian calendar), exact; in UTC when there is a zone. */
  readonly days: Rational;
  readonly hasZone: boolean;
}

const DATE =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,18}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?)?$/i;

/** Whether a cell has the form of a date; it may still be none, such as 2023-02-30. */
export function looksLikeDate(text: string): boolean {
  return DATE.test(text.trim());
}

/**
 * A date "2024-03-01" or "2024-03" (its first day), with a time "2024-03-01T12:30", "2024-03-01 12:30:00.25", with a zone "..Z" or "..+02:00".
 * @throws SyntaxError saying what is wrong
 */
export function parseIsoDate(text: string): IsoDate {
  const found = DATE.exec(text.trim());
  if (found === null)
    throw new SyntaxError(
      `expected a date such as 2024-03-01 or 2024-03-01T12:30, found "${text.slice(0, 40)}"`,
    );
  const [, year, month, day = '01', hour = '00', minute = '00', second = '00', fraction = '', zone] = found;
  const wrong = (what: string) =>
    new SyntaxError(`expected a date, found "${text.trim()}", which has no such ${what}`);
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (m < 1 || m > 12) throw wrong('month');
  if (d < 1 || d > daysInMonth(y, m)) throw wrong('day');
  if (Number(hour) > 23 || Number(minute) > 59) throw wrong('time');
  if (Number(second) > 59) throw wrong('second');
  const scale = 10n ** BigInt(fraction.length);
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second) - zoneSeconds(zone, wrong);
  const part = Rational.of(BigInt(seconds) * scale + BigInt(fraction === '' ? 0 : fraction), 86_400n * scale);
  return { days: Rational.of(daysBefore(y, m, d)).add(part), hasZone: zone !== undefined };
}

function zoneSeconds(zone: string | undefined, wrong: (what: string) => Error): number {
  if (zone === undefined || /^z$/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
  if (hours > 23 || minutes > 59) throw wrong('time zone');
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  return month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days from 1970-01-01 to a date. */
function daysBefore(year: number, month: number, day: number): number {
  const before = (y: number) =>
    365 * y + Math.floor((y + 3) / 4) - Math.floor((y + 99) / 100) + Math.floor((y + 399) / 400);
  let days = before(year) - before(1970) + day - 1;
  for (let m = 1; m < month; m++) days += daysInMonth(year, m);
  return days;
}

/** An input that is so many days after the origin, as a person reads it: "2024-03-01", with a time where there is one, to the second. */
export function calendarText(days: Rational, { origin, zone }: Calendar): string {
  return formatDate(parseIsoDate(origin).days.add(days), zone !== null);
}

/** The same in milliseconds since 1970-01-01, rounded to a double. */
export function calendarMilliseconds(days: Rational, { origin }: Calendar): number {
  return parseIsoDate(origin).days.add(days).multiply(Rational.of(86_400_000)).toNumber();
}

/**
 * A date as the number of days after the origin.
 * @throws SyntaxError when the text is no date, or has a zone where the origin has none
 */
export function calendarDays(text: string, { origin }: Calendar): Rational {
  const [first, date] = [parseIsoDate(origin), parseIsoDate(text)];
  if (first.hasZone !== date.hasZone)
    throw new SyntaxError(
      `expected a time ${first.hasZone ? 'with' : 'without'} a zone as in the data, found "${text}"`,
    );
  return date.days.subtract(first.days);
}

/** "~" stands in front where a time is rounded to the second. */
function formatDate(days: Rational, hasZone: boolean): string {
  const seconds = days.multiply(Rational.of(86_400));
  const rounded = floorDivide(2n * seconds.numerator + seconds.denominator, 2n * seconds.denominator);
  const isExact = seconds.denominator === 1n;
  const day = floorDivide(rounded, 86_400n);
  const time = Number(rounded - day * 86_400n);
  const date = calendar(Number(day));
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${two(Math.floor(time / 3600))}:${two(Math.floor(time / 60) % 60)}${time % 60 === 0 ? '' : `:${two(time % 60)}`}`;
  return `${isExact ? '' : '~'}${date}${time === 0 ? '' : `T${clock}`}${hasZone && time !== 0 ? 'Z' : ''}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** The date that lies so many days after 1970-01-01. */
function calendar(days: number): string {
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysBefore(year + 1, 1, 1) <= days) year++;
  while (daysBefore(year, 1, 1) > days) year--;
  let rest = days - daysBefore(year, 1, 1);
  let month = 1;
  while (rest >= daysInMonth(year, month)) rest -= daysInMonth(year, month++);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(rest + 1)}`;
}
