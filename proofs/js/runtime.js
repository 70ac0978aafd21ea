// Integers of any size: a JavaScript number up to 2^53 - 1, beyond that a BigInt. Each integer has one form.
//Provides: exact_form const
//Requires: exact_limit
function exact_form(b) { return b >= -exact_limit && b <= exact_limit ? Number(b) : b; }
//Provides: exact_limit const
var exact_limit = Number.MAX_SAFE_INTEGER;
//Provides: exact_big const
var exact_big = globalThis.BigInt;
//Provides: exact_of_string const
//Requires: caml_jsstring_of_string, exact_form, exact_big
function exact_of_string(s) { return exact_form(exact_big(caml_jsstring_of_string(s))); }
//Provides: exact_of_int const
function exact_of_int(n) { return n; }
//Provides: exact_to_int const
function exact_to_int(a) { return Number(a) | 0; }
//Provides: exact_add const
//Requires: exact_form, exact_big, exact_limit
function exact_add(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    var r = a + b;
    return r >= -exact_limit && r <= exact_limit ? r : exact_form(exact_big(a) + exact_big(b));
  }
  return exact_form(exact_big(a) + exact_big(b));
}
//Provides: exact_neg const
//Requires: exact_big
function exact_neg(a) { return typeof a === "number" ? 0 - a : exact_big(-1) * a; }
//Provides: exact_sub const
//Requires: exact_add, exact_neg
function exact_sub(a, b) { return exact_add(a, exact_neg(b)); }
//Provides: exact_mul const
//Requires: exact_form, exact_big, exact_limit
function exact_mul(a, b) {
  if (typeof a === "number" && typeof b === "number") {
    var r = a * b;
    if (r >= -exact_limit && r <= exact_limit) return r + 0;
  }
  return exact_form(exact_big(a) * exact_big(b));
}
//Provides: exact_cmp const
function exact_cmp(a, b) { return a < b ? -1 : a > b ? 1 : 0; }
//Provides: exact_quo const
//Requires: exact_form, exact_big
function exact_quo(a, b) {
  if (typeof a === "number" && typeof b === "number") return (a - a % b) / b + 0;
  return exact_form(exact_big(a) / exact_big(b));
}
//Provides: exact_gcd const
//Requires: exact_neg, exact_big, exact_form
function exact_gcd(a, b) {
  if (a < 0) a = exact_neg(a);
  if (b < 0) b = exact_neg(b);
  while (b != 0) {
    var r = typeof a === "number" && typeof b === "number" ? a % b : exact_form(exact_big(a) % exact_big(b));
    a = b;
    b = r;
  }
  return a;
}
//Provides: sparsest_register
//Requires: caml_string_of_jsstring, caml_jsstring_of_string
function sparsest_register(judge) {
  globalThis.sparsestJudge = function (problem, statement) {
    return caml_jsstring_of_string(judge(caml_string_of_jsstring(problem), caml_string_of_jsstring(statement)));
  };
  return 0;
}
