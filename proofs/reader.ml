(* Plain text -> the integers that the extracted checker judges. Not proved: it says which text means which integers.
   Words are separated by spaces and line feeds. Text that is no problem or no statement raises [Unreadable]. *)

exception Unreadable of string

type source = { text : string; mutable at : int }

let is_space c = c = ' ' || c = '\n'

(* The next word: where it begins and ends. *)
let word s =
  let n = String.length s.text in
  let from = ref s.at in
  while !from < n && is_space (String.unsafe_get s.text !from) do incr from done;
  let upto = ref !from in
  while !upto < n && not (is_space (String.unsafe_get s.text !upto)) do incr upto done;
  if !from = !upto then raise (Unreadable "the text ends early");
  s.at <- !upto;
  (!from, !upto)

let text s = let from, upto = word s in String.sub s.text from (upto - from)

let fail s what = raise (Unreadable (Printf.sprintf "expected %s before character %d" what s.at))

(* Decimal digits with an optional sign. *)
let digits s from upto =
  let negative = from < upto && String.unsafe_get s.text from = '-' in
  let first = if negative then from + 1 else from in
  if first >= upto then fail s "an integer";
  let small = ref 0 in
  for i = first to upto - 1 do
    let c = Char.code (String.unsafe_get s.text i) - 48 in
    if c < 0 || c > 9 then fail s "an integer";
    if upto - first <= 9 then small := 10 * !small + c
  done;
  if upto - first <= 9 then Big_int_Z.big_int_of_int (if negative then - !small else !small)
  else Big_int_Z.big_int_of_string (String.sub s.text from (upto - from))

let one = Big_int_Z.big_int_of_int 1

let integer s = let from, upto = word s in digits s from upto

(* p or p/q *)
let fraction s =
  let from, upto = word s in
  let bar = ref from in
  while !bar < upto && String.unsafe_get s.text !bar <> '/' do incr bar done;
  if !bar < upto then (digits s from !bar, digits s (!bar + 1) upto) else (digits s from upto, one)

let size s =
  let from, upto = word s in
  if upto - from > 9 then fail s "a number below 10^9";
  let n = Big_int_Z.int_of_big_int (digits s from upto) in
  if n < 0 then fail s "a number that is not negative" else n

(* In order, however many. *)
let several n read s =
  let done_ = ref [] in
  for _ = 1 to n do done_ := read s :: !done_ done;
  List.rev !done_

let many read s = let n = size s in several n read s

let optional read s =
  let before = s.at in
  if text s = "-" then None else (s.at <- before; Some (read s))

let ends s =
  let n = String.length s.text in
  while s.at < n && is_space s.text.[s.at] do s.at <- s.at + 1 done;
  if s.at < n then fail s "the end"

let expect s expected = if text s <> expected then fail s expected

(* ---- the canonical text of a problem ---- *)

let problem source =
  let s = { text = source; at = 0 } in
  expect s "sparsest-problem"; expect s "1";
  let weighted = match text s with
    | "weighted" -> expect s "dimension"; true
    | "dimension" -> false
    | _ -> fail s "dimension" in
  let d = size s in
  expect s "points";
  let n = size s in
  let rows = several n (several (d + if weighted then 3 else 2) fraction) s in
  ends s;
  (weighted, Big_int_Z.big_int_of_int d, rows)

(* ---- a statement: claim, what attains it, proof ---- *)

open Checker

let skip s = match text s with
  | "affine" -> SkipAffine | "bias" -> SkipBias | "none" -> SkipNone | _ -> fail s "a skip"

let claim s = match text s with
  | "minimum" ->
    let by_parameters = match text s with "neurons" -> false | "parameters" -> true | _ -> fail s "an objective" in
    let k = skip s in
    let lower = integer s in
    ClaimMinimum (by_parameters, k, lower, optional integer s)
  | "infeasible" -> ClaimInfeasible
  | "least-tolerance" -> ClaimTolerance (many (fun s -> let k = integer s in (k, fraction s)) s)
  | "shape" ->
    let raw_min = optional fraction s in
    let raw_max = optional fraction s in
    let raw_convex = match text s with
      | "convex" -> Some true | "concave" -> Some false | "-" -> None | _ -> fail s "a curvature" in
    ClaimShape ({ raw_min; raw_max; raw_convex }, optional integer s)
  | _ -> fail s "a claim"

let place s = match text s with
  | "point" -> Inl (integer s)
  | "value" -> let x = fraction s in Inr (x, fraction s)
  | _ -> fail s "a place"

let piece = several 6 integer

let upper s = match text s with
  | "nothing" -> NoUpper
  | "network" ->
    let k = match text s with "none" -> None | "skip" -> Some (many fraction s) | _ -> fail s "a skip" in
    ByNetwork (k, many (many fraction) s)
  | "function" -> ByFunction (many place s)
  | "pieces" -> ByPieces (many piece s)
  | _ -> fail s "what attains the claim"

let tree s =
  let s_plus = integer s in
  let s_minus = integer s in
  let s_budget = optional integer s in
  let s_pivot = integer s in
  { s_plus; s_minus; s_budget; s_pivot; s_nodes = many (many integer) s }

let witness = several 4 integer

let step s =
  expect s "pieces";
  let pieces = many piece s in
  match text s with
  | "witnesses" -> (pieces, ByWitnesses (many witness s))
  | "point" -> (pieces, ByPoint (integer s))
  | _ -> fail s "witnesses or a point"

let proof s = match text s with
  | "witnesses" -> ProofWitnesses (many witness s)
  | "zero" -> ProofZero (many integer s)
  | "opposite" -> let i = integer s in ProofOpposite (i, integer s)
  | "search" -> let k = skip s in ProofSearch (k, many tree s)
  | "empty" -> ProofEmpty (integer s)
  | "conflict" -> ProofConflict (many integer s)
  | "steps" -> ProofSteps (many step s)
  | _ -> fail s "a proof"

let statement source =
  let s = { text = source; at = 0 } in
  expect s "sparsest-statement"; expect s "1";
  let stated = claim s in
  let attained = upper s in
  let shown = proof s in
  ends s;
  { stated; attained; shown }

(* "accepted", "rejected", or "unreadable: " and why. *)
let judge problem_text statement_text =
  match problem problem_text, statement statement_text with
  | (weighted, d, rows), certificate ->
    (match verify weighted d rows certificate with Some _ -> "accepted" | None -> "rejected")
  | exception Unreadable why -> "unreadable: " ^ why
