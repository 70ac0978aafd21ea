(** Extraction of [verify] to OCaml. Integers become Zarith's, [nat] (counts below 2^30) becomes [int], lists OCaml's.
    The constants below replace functions of Coq's library by those of OCaml's that compute the same without deep stacks. *)
From Sparsest Require Import Main.
From Coq Require Import Extraction ExtrOcamlBasic ExtrOcamlZBigInt ExtrOcamlNatInt ZArith QArith List.
Extraction Language OCaml.
Set Extraction AccessOpaque.
Extract Constant Z.of_nat => "Big_int_Z.big_int_of_int".
Extract Constant Z.to_nat => "(fun z -> if Big_int_Z.sign_big_int z < 0 then 0 else Big_int_Z.int_of_big_int z)".
Extract Constant Z.gcd => "Big_int_Z.gcd_big_int".
Extract Constant Z.ggcd => "(fun a b -> let g = Big_int_Z.gcd_big_int a b in
  if Big_int_Z.sign_big_int g = 0 then (g, (a, b)) else (g, (Big_int_Z.div_big_int a g, Big_int_Z.div_big_int b g)))".
Extract Constant Z.leb => "Big_int_Z.le_big_int".
Extract Constant Z.ltb => "(fun a b -> Big_int_Z.compare_big_int a b < 0)".
Extract Constant Nat.leb => "(<=)".
Extract Constant Nat.ltb => "(<)".
Extract Constant length => "List.length".
Extract Constant map => "(fun f l -> List.rev (List.rev_map f l))".
Extract Constant filter => "List.filter".
Extract Constant fold_right => "(fun f a l -> List.fold_left (fun b x -> f x b) a (List.rev l))".
Extract Constant flat_map => "(fun f l -> List.rev (List.fold_left (fun m x -> List.rev_append (f x) m) [] l))".
Extract Constant rev_append => "List.rev_append".
Extraction "checker.ml" verify.
