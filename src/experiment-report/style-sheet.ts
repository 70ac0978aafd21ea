/**
 * The style sheet of a report. Text has a contrast of at least 4.5 to 1 in the light and in the dark scheme, lines of
 * pictures at least 3 to 1; print is always light. Tables scroll inside their box, the page never sideways.
 */
export const STYLE_SHEET = `:root {
  --paper: #ffffff; --ink: #1b1d1f; --muted: #54595f; --rule: #c9ced4; --panel: #f4f6f8; --link: #0b5394;
  --good: #0b6138; --bad: #a3231b; --open: #6b4b00; --truth: #1b1d1f; --grid: #e3e6ea;
  --series-0: #0072b2; --series-1: #c04a00; --series-2: #7b3294; --series-3: #00755a; --series-4: #8a6100; --series-5: #b3186a;
}
@media screen {
  :root { color-scheme: light dark; }
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e9ebed; --muted: #b3bac1; --rule: #454c54; --panel: #1f2428; --link: #8cc2ff;
    --good: #6bd699; --bad: #ff968c; --open: #e8c15c; --truth: #f2f3f4; --grid: #2c3237;
    --series-0: #5eb8f0; --series-1: #ff9d5c; --series-2: #cba6f2; --series-3: #4fd0a5; --series-4: #e3bf55; --series-5: #ff8ac0;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p, li { max-width: 46rem; }
header p { color: var(--muted); margin: 0 0 1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
:target { scroll-margin-top: 1rem; }
tr:target > * { background: var(--panel); box-shadow: inset 0 2px var(--link), inset 0 -2px var(--link); }
code, pre { font-family: ui-monospace, "Liberation Mono", "DejaVu Sans Mono", Menlo, monospace; font-size: .85em; }
pre { overflow: auto; max-height: 32rem; padding: .75rem; background: var(--panel); border: 1px solid var(--rule); overflow-wrap: normal; }
.scroll {
  overflow-x: auto; margin: 1rem 0 1.5rem;
  /* A shade at an edge behind which there is more; what scrolls along covers it at the end. */
  background:
    linear-gradient(to right, var(--paper) 40%, transparent) left / 2.5rem 100% no-repeat local,
    linear-gradient(to left, var(--paper) 40%, transparent) right / 2.5rem 100% no-repeat local,
    linear-gradient(to right, var(--rule), transparent) left / .8rem 100% no-repeat scroll,
    linear-gradient(to left, var(--rule), transparent) right / .8rem 100% no-repeat scroll;
}
table { border-collapse: collapse; font-size: .875rem; line-height: 1.4; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
caption { text-align: left; padding: 0 0 .5rem; font-weight: 600; font-size: .95rem; }
caption span { display: inline-block; position: sticky; left: 0; max-width: min(46rem, 100vw - 2rem); }
th, td { padding: .35rem 1.1rem .35rem 0; vertical-align: top; text-align: left; border-bottom: 1px solid var(--grid); min-width: 2.5rem; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--rule); color: var(--muted); font-weight: 600; }
tbody th { font-weight: 600; }
th.number, td.number { text-align: right; }
td.number, th.whole, td.whole, tbody th { white-space: nowrap; }
tbody th.text { white-space: normal; }
.verdict { white-space: nowrap; }
th.text, td.text { min-width: 9rem; max-width: 30rem; overflow-wrap: anywhere; }
.verdict { font-weight: 600; }
.verdict.good { color: var(--good); }
.verdict.bad { color: var(--bad); }
.verdict.open { color: var(--open); }
details { margin: 1rem 0; }
summary { cursor: pointer; font-weight: 600; color: var(--link); }
.figures { columns: 27rem 2; column-gap: 2.5rem; margin: 1.5rem 0; }
figure { margin: 0 0 2rem; break-inside: avoid; }
figcaption { font-size: .9rem; line-height: 1.45; margin: 0 0 .5rem; }
figure > svg { display: block; width: 100%; max-width: 36rem; height: auto; background: var(--paper); color: var(--ink); }
figure > svg text { white-space: pre; font-family: system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", Arial, sans-serif; }
.key { display: flex; flex-wrap: wrap; gap: .1rem 1rem; margin: 0 0 .4rem; padding: 0; list-style: none; font-size: .85rem; }
.key li { display: inline-flex; align-items: center; gap: .4rem; }
.key svg { flex: none; }
@media print {
  @page { margin: 16mm 12mm; }
  :root { font-size: 9.5pt; }
  body { padding: 0; max-width: none; }
  p, li { max-width: none; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  h2, h3, caption { break-after: avoid; }
  tr, figure { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll { overflow: visible; background: none; }
  table { font-size: 6.8pt; max-width: 100%; }
  th, td, td.number, th.whole, td.whole, tbody th { min-width: 0; padding-right: .5em; white-space: normal; overflow-wrap: break-word; }
  th.text, td.text, th.whole, td.whole { min-width: 0; overflow-wrap: anywhere; }
  pre { max-height: none; overflow: visible; white-space: pre-wrap; overflow-wrap: anywhere; }
  .figures { columns: 2; column-gap: 8mm; }
}
`;
