(* The names of Zarith that the extracted checker uses, on JavaScript's numbers: runtime.js. *)
type big_int
external big_int_of_string : string -> big_int = "exact_of_string"
external big_int_of_int : int -> big_int = "exact_of_int"
external int_of_big_int : big_int -> int = "exact_to_int"
external add_big_int : big_int -> big_int -> big_int = "exact_add"
external sub_big_int : big_int -> big_int -> big_int = "exact_sub"
external mult_big_int : big_int -> big_int -> big_int = "exact_mul"
external minus_big_int : big_int -> big_int = "exact_neg"
external compare_big_int : big_int -> big_int -> int = "exact_cmp"
external quotient : big_int -> big_int -> big_int = "exact_quo"
external gcd_big_int : big_int -> big_int -> big_int = "exact_gcd"
let zero_big_int = big_int_of_int 0
let unit_big_int = big_int_of_int 1
let eq_big_int a b = compare_big_int a b = 0
let le_big_int a b = compare_big_int a b <= 0
let sign_big_int a = compare_big_int a zero_big_int
let succ_big_int a = add_big_int a unit_big_int
let pred_big_int a = sub_big_int a unit_big_int
let mult_int_big_int n a = mult_big_int (big_int_of_int n) a
let add_int_big_int n a = add_big_int (big_int_of_int n) a
let max_big_int a b = if le_big_int a b then b else a
let min_big_int a b = if le_big_int a b then a else b
let abs_big_int a = if sign_big_int a >= 0 then a else minus_big_int a
(* Euclidean: 0 <= r < |b| *)
let quomod_big_int a b =
  let q = quotient a b in
  let r = sub_big_int a (mult_big_int q b) in
  if sign_big_int r >= 0 then q, r
  else if sign_big_int b > 0 then sub_big_int q unit_big_int, add_big_int r b
  else add_big_int q unit_big_int, sub_big_int r b
let div_big_int a b = fst (quomod_big_int a b)
let mod_big_int a b = snd (quomod_big_int a b)
