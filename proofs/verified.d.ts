/**
 * The extracted checker: the canonical text of a problem and a statement in plain text.
 * @returns "accepted", "rejected", or "unreadable: " and why
 */
export function judge(problem: string, statement: string): string;
