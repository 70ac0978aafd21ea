(** Proofs as FORMAT.md writes them: lists of integers. Nodes are in preorder, rows have numbers.
    [check_witness_list_sound], [check_search_sound]: accepted integers prove the bound. Only these two statements matter:
    they hold for whatever witnesses and nodes come out of the decoding.
    At the end the worked examples of FORMAT.md, and forgeries, computed by Coq. *)
From Coq Require Import ZArith QArith List Bool.
From Sparsest Require Import Network Witness Tree Vector Search.
Import ListNotations.
Open Scope Z_scope.

(** Counts are machine integers when they are extracted: none is above 2^30. *)
Definition within (z bound : Z) : bool := (0 <=? z) && (z <? bound).
Definition count (z : Z) : option nat := if within z 1073741824 then Some (Z.to_nat z) else None.

Section Decode.

Variables (d : nat) (K N : Z) (budgeted : bool).   (* inputs, neurons of the profile, points, is there a budget? *)

Definition decode_row (r : Z) : row :=
  if r <? K * N then RDecided (Z.to_nat (r / N)) (key (Z.to_N (r mod N)))
  else let r := r - K * N in
  if r <? K then ROrder (Z.to_nat r)
  else if r <? 2 * K then ROrient (Z.to_nat (r - K))
  else let r := r - 2 * K in
  let chosen := r mod 2 ^ K in
  let fit := r / 2 ^ K in
  RFit (key (Z.to_N (fit / 2))) (fit mod 2 =? 0) (map (fun k => Z.testbit chosen (Z.of_nat k)) (seq 0 (Z.to_nat K))).

Fixpoint decode_rows (l : list Z) : option (list (row * Z)) :=
  match l with
  | [] => Some []
  | [_] => None
  | r :: y :: l' => match decode_rows l' with Some rows => Some ((decode_row r, y) :: rows) | None => None end
  end.

Definition decode_side (h : Z) : decision :=
  match h with 0 => NonNegative | 1 => Positive | 2 => Negative | _ => NonPositive end.

(** Neuron and entry of a coordinate, or an atom. *)
Definition coordinate_of (j : Z) : nat * nat + nat :=
  let width := Z.of_nat (S d) in
  if j <? K * width then inl (Z.to_nat (j / width), Z.to_nat (j mod width)) else inr (Z.to_nat (j - K * width)).

Definition decode_node (entries : list Z) : option node :=
  if negb (forallb (Z.leb 0) entries) then None else
  match entries with
  | 0 :: l => match decode_rows l with Some rows => Some (Leaf rows) | None => None end
  | [4] => if budgeted then Some Over else None
  | [1; k; n] => if within k K && within n N then Some (Activation false (Z.to_nat k) (key (Z.to_N n)) NonNegative) else None
  | [2; k; n] => if within k K && within n N then Some (Activation false (Z.to_nat k) (key (Z.to_N n)) Positive) else None
  | [5; k; n; h] =>
    if within k K && within n N && within h 4
    then Some (Activation true (Z.to_nat k) (key (Z.to_N n)) (decode_side h)) else None
  | [3; j] =>
    if budgeted && (j <? 1073741824) then
      match coordinate_of j with inl (k, i) => Some (Weight false k i Zero) | inr c => Some (Atom c) end
    else None
  | [6; j; z] =>
    if budgeted && (j <? 1073741824) && within z 2 then
      match coordinate_of j with inl (k, i) => Some (Weight true k i (if z =? 0 then Nonzero else Zero)) | inr _ => None end
    else None
  | _ => None
  end.

End Decode.

(** A tree of a proof by search. *)
Record search_tree := SearchTree { s_plus : Z; s_minus : Z; s_budget : option Z; s_pivot : Z; s_nodes : list (list Z) }.

Definition counts (nodes : list (list Z)) : bool :=
  existsb (fun node => match node with 5 :: _ | 6 :: _ => true | _ => false end) nodes.

Definition decode (d : nat) (P : problem) (t : search_tree) : option refutation :=
  let K := s_plus t + s_minus t in
  if (0 <=? s_plus t) && (0 <=? s_minus t) && (K <=? 24) && (0 <=? s_pivot t) &&
     match s_budget t with Some b => within b 1073741824 | None => true end
  then Some (Refutation (Z.to_nat (s_plus t)) (Z.to_nat (s_minus t)) (option_map Z.to_nat (s_budget t))
              (Z.to_N (s_pivot t)) (counts (s_nodes t)) (s_nodes t)
              (decode_node d K (Z.of_nat (length P)) (match s_budget t with Some _ => true | None => false end)))
  else None.

(** All or nothing. These recursions are tail calls: lists of witnesses are long. *)
Fixpoint all_onto {A B} (f : A -> option B) (l : list A) (bs : list B) : option (list B) :=
  match l with
  | [] => Some (rev_append bs [])
  | a :: l' => match f a with Some b => all_onto f l' (b :: bs) | None => None end
  end.
Definition all {A B} (f : A -> option B) (l : list A) : option (list B) := all_onto f l [].

Lemma all_onto_in {A B} (f : A -> option B) l : forall bs cs, all_onto f l bs = Some cs ->
  forall c, In c cs -> In c bs \/ exists a, In a l /\ f a = Some c.
Proof.
  induction l as [|a l IH]; cbn [all_onto]; intros bs cs H c I.
  - injection H as <-. rewrite rev_append_rev, app_nil_r, <- in_rev in I; auto.
  - destruct (f a) as [b|] eqn:E; [|discriminate].
    destruct (IH _ _ H c I) as [[->|I']|(a' & I' & E')]; [right; exists a; cbn; auto|auto|right; exists a'; cbn; auto].
Qed.

Lemma all_in {A B} (f : A -> option B) l cs : all f l = Some cs -> forall c, In c cs -> exists a, In a l /\ f a = Some c.
Proof. intros H c I; destruct (all_onto_in f l [] cs H c I) as [[]|H']; exact H'. Qed.

(** A network of skip [s] belongs to the architecture [s'] too. *)
Definition contains (s' s : skip) : bool :=
  match s', s with
  | SkipAffine, _ | SkipBias, SkipBias | SkipBias, SkipNone | SkipNone, SkipNone => true
  | _, _ => false
  end.

Lemma contains_shaped s' s d f : contains s' s = true -> shaped d s f -> shaped d s' f.
Proof. unfold shaped; destruct s', s; cbn; try discriminate; intros _ H; tauto. Qed.

(** The trees, which are about skip [s'], show at least [bound] for networks of skip [s]. (The splits of a bound are gone
    through, so it must be of bearable size.) *)
Definition check_search (by_parameters : bool) (d : nat) (s' s : skip) (P : problem) (trees : list search_tree)
  (bound : nat) : bool :=
  contains s' s && (Z.of_nat bound <=? 1000) &&
  match all (decode d P) trees with
  | None => false
  | Some l => (if by_parameters then check_parameters else check_neurons) d s' P l bound
  end.

Theorem check_search_sound by_parameters d s' s P trees bound :
  check_search by_parameters d s' s P trees bound = true ->
  forall f, shaped d s f -> meets P f -> (bound <= size by_parameters f)%nat.
Proof.
  unfold check_search, size; destruct (contains s' s) eqn:C; [|discriminate].
  destruct (Z.of_nat bound <=? 1000); [|discriminate]; cbn [andb].
  destruct (all _ _) as [l|]; [|discriminate]; intros H f Sh.
  apply (contains_shaped s' s d f C) in Sh; revert f Sh.
  destruct by_parameters; [exact (check_parameters_sound _ _ _ _ _ H)|exact (check_neurons_sound _ _ _ _ _ H)].
Qed.

(** They show no more than that: a rule of FORMAT.md that soundness does not need. *)
Definition shows_no_more (by_parameters : bool) (trees : list search_tree) (bound : nat) : bool :=
  let L := Z.of_nat bound in
  if by_parameters then
    existsb (fun p => existsb (fun m => let p := Z.of_nat p in let m := Z.of_nat m in
      (2 * (p + m) <=? L) && negb (existsb (fun t => (s_plus t =? p) && (s_minus t =? m) &&
        match s_budget t with Some B => L <=? B | None => false end) trees)) (seq 0 (S bound))) (seq 0 (S bound))
  else
    existsb (fun p => let p := Z.of_nat p in
      negb (existsb (fun t => (p <=? s_plus t) && (L - p <=? s_minus t)) trees)) (seq 0 (S bound)).

(** [sign, a, b, c] *)
Definition decode_witness (w : list Z) : option entry :=
  match w with
  | [g; a; b; c] =>
    if ((g =? 1) || (g =? -1)) && (0 <=? a) && (0 <=? b) && (0 <=? c)
    then Some (Entry (g =? 1) (Z.to_N a) (Z.to_N b) (Z.to_N c)) else None
  | _ => None
  end.

(** Exactly [n] entries. *)
Definition numbers {A} (n : nat) (l : list A) : bool := Nat.eqb (length l) n.

Definition check_witness_list (P : problem) (witnesses : list (list Z)) (bound : nat) : bool :=
  match all decode_witness witnesses with
  | Some l => check_witnesses P l && numbers bound l
  | None => false
  end.

Theorem check_witness_list_sound P witnesses bound : check_witness_list P witnesses bound = true ->
  forall s f, shaped 1 s f -> meets P f -> (bound <= neurons f)%nat.
Proof.
  unfold check_witness_list; destruct (all _ _) as [l|]; [|discriminate]; intros H s f Sh M.
  apply andb_prop in H as [H L]; apply Nat.eqb_eq in L.
  rewrite <- L; exact (check_witnesses_sound P l H s f Sh M).
Qed.

(** ** Examples *)

Definition xor : problem :=
  [Point [0#1; 0#1] (0#1) (0#1); Point [0#1; 1#1] (1#1) (1#1);
   Point [1#1; 0#1] (1#1) (1#1); Point [1#1; 1#1] (0#1) (0#1)].

Definition xor_plus : list (list Z) := [[1; 0; 1]; [2; 0; 2]; [0; 16; 1; 12; 1; 7; 1; 19; 1]; [0; 16; 1]; [0; 12; 1]].
Definition xor_minus : list (list Z) := [[0; 12; 1]].

(** The worked example of FORMAT.md: exclusive or needs two neurons. *)
Example xor_needs_two :
  check_search false 2 SkipNone SkipNone xor [SearchTree 1 0 None 1 xor_plus; SearchTree 0 1 None 1 xor_minus] 2 = true.
Proof. reflexivity. Qed.

Corollary xor_two f : shaped 2 SkipNone f -> meets xor f -> (2 <= neurons f)%nat.
Proof. exact (check_search_sound false _ _ _ _ _ _ xor_needs_two f). Qed.

(** Not three; not without a tree; not with a wrong multiplier; not with a missing branch; not for an affine skip. *)
Example forged :
  map (fun '(s, trees, bound) => check_search false 2 s s xor trees bound)
    (let minus := SearchTree 0 1 None 1 xor_minus in
     [(SkipNone, [SearchTree 1 0 None 1 xor_plus; minus], 3%nat);
      (SkipNone, [SearchTree 1 0 None 1 xor_plus], 2%nat);
      (SkipNone, [SearchTree 1 0 None 1
        [[1; 0; 1]; [2; 0; 2]; [0; 16; 1; 12; 1; 7; 2; 19; 1]; [0; 16; 1]; [0; 12; 1]]; minus], 2%nat);
      (SkipNone, [SearchTree 1 0 None 1 [[1; 0; 1]; [0; 16; 1]; [0; 12; 1]]; minus], 2%nat);
      (SkipAffine, [SearchTree 1 0 None 1 xor_plus; minus], 2%nat)])
  = [false; false; false; false; false].
Proof. reflexivity. Qed.

(** Counting: a peak is not the sum of two positive neurons. Both are >= 0 at point 1 | the first is < 0 there. *)
Definition peak : problem := [Point [-1#1] (0#1) (0#1); Point [0#1] (1#1) (1#1); Point [1#1] (0#1) (0#1)].

Example peak_needs_two :
  check_search false 1 SkipNone SkipNone peak
    [SearchTree 2 0 None 0 [[5; 0; 1; 0]; [0; 13; 1; 29; 1; 22; 2]; [1; 1; 1]; [0; 12; 1; 28; 1; 22; 2]; [0; 22; 1]];
     SearchTree 0 1 None 0 [[0; 11; 1]]] 2 = true.
Proof. reflexivity. Qed.

(** Refused: the class taken too large (neuron 0 differs from 1 after [1; 0; 0]), the second branch for the whole class,
    an order row beside counting. *)
Example forged_counting :
  map (fun nodes => check_search false 1 SkipNone SkipNone peak [SearchTree 2 0 None 0 nodes; SearchTree 0 1 None 0 [[0; 11; 1]]] 2)
    [[[1; 0; 0]; [5; 0; 1; 0]; [0; 13; 1; 29; 1; 22; 2]; [1; 1; 1]; [0; 12; 1; 28; 1; 22; 2]; [0; 22; 1];
      [5; 0; 1; 0]; [0; 13; 1; 29; 1; 22; 2]; [1; 1; 1]; [0; 12; 1; 28; 1; 22; 2]; [0; 22; 1]];
     [[5; 0; 1; 0]; [0; 13; 1; 29; 1; 22; 2]; [0; 22; 1]];
     [[5; 0; 1; 0]; [0; 13; 1; 29; 1; 22; 2; 6; 1]; [1; 1; 1]; [0; 12; 1; 28; 1; 22; 2]; [0; 22; 1]]]
  = [false; false; false].
Proof. reflexivity. Qed.

(** Zero neurons, skip bias: the window of point 0 ends below that of point 1. *)
Example constant_is_not_enough : check_search false 1 SkipBias SkipBias peak [SearchTree 0 0 None 0 [[0; 0; 1; 3; 1]]] 1 = true.
Proof. reflexivity. Qed.
