(** The verified checker: rows of the canonical text and a certificate, in integers, to the claim that holds.
    [verified] is the theorem: what [verify] returns is true of the rows. It trusts no type of the numbers that it is given:
    every count, index and denominator is looked at here. *)
From Coq Require Import Reals ZArith QArith Qreals List Lia Bool.
From Sparsest Require Import Network Witness Rational Decode Sweep Line Shapes.
Import ListNotations.

(** Numerator and denominator. *)
Definition number : Set := Z * Z.
Definition rational (n : number) : option Q :=
  let '(p, q) := n in if (0 <? q)%Z then Some (p # Z.to_pos q) else None.

(** The upper bound of a certificate; of a network its skip, weights and then bias, and each neuron: weights, bias, output weight. *)
Inductive upper_bound :=
  | NoUpper
  | ByNetwork (s : option (list number)) (ks : list (list number))
  | ByFunction (places : list (Z + number * number))
  | ByPieces (pieces : list (list Z)).

Inductive proof :=
  | ProofWitnesses (l : list (list Z))
  | ProofZero (points : list Z)
  | ProofOpposite (i j : Z)
  | ProofSearch (s : skip) (trees : list search_tree)
  | ProofEmpty (i : Z)
  | ProofConflict (points : list Z)
  | ProofSteps (steps : list (list (list Z) * reason)).

Record raw_shape := RawShape { raw_min : option number; raw_max : option number; raw_convex : option bool }.

Inductive raw_claim :=
  | ClaimMinimum (by_parameters : bool) (s : skip) (lower : Z) (upper : option Z)
  | ClaimInfeasible
  | ClaimTolerance (curve : list (Z * number))
  | ClaimShape (h : raw_shape) (bound : option Z).

Record certificate := Certificate { stated : raw_claim; attained : upper_bound; shown : proof }.

(** ** Reading *)

Definition option_all {A B} (f : A -> option B) (o : option A) : option (option B) :=
  match o with None => Some None | Some a => match f a with Some b => Some (Some b) | None => None end end.

Fixpoint take (n : nat) (l : list Q) : option (list Q * list Q) :=
  match n, l with
  | O, _ => Some ([], l)
  | S n', q :: l' => match take n' l' with Some (a, b) => Some (q :: a, b) | None => None end
  | S _, [] => None
  end.

(** A row: inputs, lower and upper end, and the weight where rows have one. *)
Definition read_row (weighted : bool) (d : nat) (row : list number) : option data_row :=
  match all rational row with
  | None => None
  | Some qs =>
    match take d qs with
    | Some (x, [lo; hi]) => if weighted then None else Some (Row (Point x lo hi) 1)
    | Some (x, [lo; hi; w]) => if weighted then Some (Row (Point x lo hi) w) else None
    | _ => None
    end
  end.

Definition read_rows (weighted : bool) (d : Z) (data : list (list number)) : option (nat * rows) :=
  match count d with
  | Some n => match all (read_row weighted n) data with Some D => Some (n, D) | None => None end
  | None => None
  end.

Fixpoint split_last2 (l : list Q) (done : list Q) : option (list Q * Q * Q) :=
  match l with
  | [b; v] => Some (rev_append done [], b, v)
  | q :: l' => split_last2 l' (q :: done)
  | [] => None
  end.

Fixpoint split_last (l : list Q) (done : list Q) : option (list Q * Q) :=
  match l with
  | [b] => Some (rev_append done [], b)
  | q :: l' => split_last l' (q :: done)
  | [] => None
  end.

Definition read_neuron (k : list number) : option qneuron :=
  match all rational k with
  | Some l => match split_last2 l [] with Some (w, b, v) => Some (QNeuron w b v) | None => None end
  | None => None
  end.

(** Without a skip the weights are zeros. *)
Definition read_network (d : nat) (s : option (list number)) (ks : list (list number)) : option qnetwork :=
  match all read_neuron ks with
  | None => None
  | Some hidden =>
    match s with
    | None => Some (QNetwork hidden (repeat 0%Q d) 0)
    | Some l =>
      match all rational l with
      | Some l => match split_last l [] with Some (w, b) => Some (QNetwork hidden w b) | None => None end
      | None => None
      end
    end
  end.

Definition read_place (v : Z + number * number) : option place :=
  match v with
  | inl i => Some (At i)
  | inr (x, y) => match rational x, rational y with Some x, Some y => Some (Value x y) | _, _ => None end
  end.

Definition read_shape (h : raw_shape) : option shape :=
  match option_all rational (raw_min h), option_all rational (raw_max h) with
  | Some a, Some b => Some (Shape a b (raw_convex h))
  | _, _ => None
  end.

(** A shape asks for something, and for slopes that there are. *)
Definition sensible (h : shape) : bool :=
  match min_slope h, max_slope h, convex h with
  | None, None, None => false
  | Some a, Some b, _ => Qle_bool a b
  | _, _, _ => true
  end.

Definition is_one (d : nat) : bool := Nat.eqb d 1.
Definition is_free (s : skip) : bool := match s with SkipAffine => true | _ => false end.

(** ** The rules *)

(** A skip of zeros is a skip all the same: no network for [SkipNone] has one. *)
Definition skip_allowed (s : skip) (sk : option (list number)) : bool :=
  match s, sk with SkipNone, Some _ => false | _, _ => true end.

Definition check_upper (by_parameters : bool) (d : nat) (s : skip) (P : problem) (bound : upper_bound) (u : nat) : bool :=
  match bound with
  | NoUpper => false
  | ByNetwork sk ks =>
    skip_allowed s sk &&
    match read_network d sk ks with
    | Some f => if is_one d then check_network_sweep by_parameters s P f u else check_network by_parameters d s P f u
    | None => false
    end
  | ByFunction places =>
    negb by_parameters && is_free s && is_one d &&
    match all read_place places with Some l => check_function P (lines_of_function P l) u | None => false end
  | ByPieces pieces =>
    negb by_parameters && is_free s && is_one d && check_function P (lines_of_pieces P pieces) u
  end.

Definition check_lower (by_parameters : bool) (d : nat) (s : skip) (P : problem) (p : proof) (lower : nat) : bool :=
  match p with
  | ProofWitnesses l =>
    negb by_parameters && (if is_one d then check_witness_list P l lower else check_line_list P l lower)
  | ProofZero points => negb by_parameters && Nat.eqb lower 1 && check_zero s P points
  | ProofOpposite i j =>
    negb by_parameters && Nat.eqb lower 2 && match s with SkipNone => check_opposite P i j | _ => false end
  | ProofSearch s' trees =>
    check_search by_parameters d s' s P trees lower && shows_no_more by_parameters trees lower
  | _ => false
  end.

Fixpoint check_steps (D : rows) (curve : list (Z * number)) (steps : list (list (list Z) * reason))
  (done : list (nat * Q)) : option (list (nat * Q)) :=
  match curve, steps with
  | [], [] => match done with [] => None | _ => Some (rev_append done []) end
  | (k, e) :: curve', (pieces, why) :: steps' =>
    match count k, rational e with
    | Some k, Some e =>
      if match done with (k', _) :: _ => Nat.ltb k' k | [] => true end && check_step D k e pieces why
      then check_steps D curve' steps' ((k, e) :: done) else None
    | _, _ => None
    end
  | _, _ => None
  end.

Definition check_claim (weighted : bool) (d : nat) (D : rows) (c : certificate) : option claim :=
  let P := windows D in
  match stated c with
  | ClaimMinimum by_parameters s lower upper =>
    match count lower, option_all count upper with
    | Some l, Some None =>
      if negb weighted && no_empty_window P && check_lower by_parameters d s P (shown c) l &&
         match attained c with NoUpper => true | _ => false end
      then Some (Minimum by_parameters s l None) else None
    | Some l, Some (Some u) =>
      if negb weighted && no_empty_window P && check_lower by_parameters d s P (shown c) l &&
         check_upper by_parameters d s P (attained c) u
      then Some (Minimum by_parameters s l (Some u)) else None
    | _, _ => None
    end
  | ClaimInfeasible =>
    match shown c, attained c with
    | ProofEmpty i, NoUpper => if negb weighted && check_empty P i then Some Infeasible else None
    | _, _ => None
    end
  | ClaimTolerance curve =>
    match shown c, attained c with
    | ProofSteps steps, NoUpper =>
      if is_one d then match check_steps D curve steps [] with Some l => Some (LeastTolerance l) | None => None end else None
    | _, _ => None
    end
  | ClaimShape h bound =>
    match read_shape h with
    | None => None
    | Some h =>
      if negb weighted && sensible h && is_one d && no_empty_window P then
        match option_all count bound, shown c with
        | Some None, ProofConflict points =>
          match attained c with
          | NoUpper => if check_conflict h P points then Some (ShapeInfeasible h) else None
          | _ => None
          end
        | Some (Some k), ProofWitnesses l =>
          match attained c with
          | ByFunction places =>
            match all read_place places with
            | Some v => if check_shape_minimum h P l (lines_of_function P v) k then Some (ShapeMinimum h k) else None
            | None => None
            end
          | _ => None
          end
        | _, _ => None
        end
      else None
    end
  end.

(** The whole checker. *)
Definition verify (weighted : bool) (d : Z) (data : list (list number)) (c : certificate) : option claim :=
  match read_rows weighted d data with
  | Some (n, D) => check_claim weighted n D c
  | None => None
  end.

(** ** The theorem *)

Lemma check_upper_sound by_parameters d s P bound u : check_upper by_parameters d s P bound u = true ->
  exists f, shaped d s f /\ meets P f /\ (size by_parameters f <= u)%nat.
Proof.
  destruct bound as [|sk ks|places|pieces]; cbn [check_upper]; intros H; [discriminate| | |].
  - apply andb_prop in H as [_ H]. destruct (read_network d sk ks) as [f|]; [|discriminate].
    destruct (is_one d) eqn:E.
    + apply Nat.eqb_eq in E as ->. apply check_network_sweep_sound in H as (S & M & N). exists (real f); split; [exact S|split; [exact M|rewrite N; apply le_n]].
    + apply check_network_sound in H as (S & M & N). exists (real f); split; [exact S|split; [exact M|rewrite N; apply le_n]].
  - apply andb_prop in H as [H F]; apply andb_prop in H as [H E]; apply andb_prop in H as [B S].
    destruct by_parameters; [discriminate|]. destruct s; try discriminate. apply Nat.eqb_eq in E as ->.
    destruct (all read_place places); [|discriminate]. exact (check_function_sound _ _ _ F).
  - apply andb_prop in H as [H F]; apply andb_prop in H as [H E]; apply andb_prop in H as [B S].
    destruct by_parameters; [discriminate|]. destruct s; try discriminate. apply Nat.eqb_eq in E as ->.
    exact (check_function_sound _ _ _ F).
Qed.

Lemma check_lower_sound by_parameters d s P p lower : check_lower by_parameters d s P p lower = true ->
  forall f, shaped d s f -> meets P f -> (lower <= size by_parameters f)%nat.
Proof.
  intros H f Sh M; destruct p as [l|points|i j|s' trees|i|points|steps]; cbn [check_lower] in H; try discriminate.
  - apply andb_prop in H as [B H]; destruct by_parameters; [discriminate|]; cbn [size].
    destruct (is_one d) eqn:E.
    + apply Nat.eqb_eq in E as ->. exact (check_witness_list_sound P l lower H s f Sh M).
    + exact (check_line_list_sound P l lower H d s f Sh M).
  - apply andb_prop in H as [H Z]; apply andb_prop in H as [B E]; apply Nat.eqb_eq in E as ->.
    destruct by_parameters; [discriminate|]. exact (check_zero_sound s P points Z d f Sh M).
  - apply andb_prop in H as [H Z]; apply andb_prop in H as [B E]; apply Nat.eqb_eq in E as ->.
    destruct by_parameters; [discriminate|]. destruct s; try discriminate. exact (check_opposite_sound P i j Z d f Sh M).
  - apply andb_prop in H as [H _]. exact (check_search_sound by_parameters d s' s P trees lower H f Sh M).
Qed.

Lemma check_steps_sound D : forall curve steps done l, check_steps D curve steps done = Some l ->
  (forall k e, In (k, e) done -> least_tolerance D k e) -> forall k e, In (k, e) l -> least_tolerance D k e.
Proof.
  induction curve as [|(k, e) curve IH]; intros [|(pieces, why) steps] done l H T; cbn [check_steps] in H; try discriminate.
  - destruct done as [|a done]; [discriminate|]. injection H as <-. intros k e I; apply T.
    apply in_rev; cbn [rev]. cbn [rev_append] in I; now rewrite rev_append_rev in I.
  - destruct (count k) as [n|]; [|discriminate]. destruct (rational e) as [q|]; [|discriminate].
    destruct (_ && check_step D n q pieces why) eqn:C; [|discriminate]. apply andb_prop in C as [_ C].
    apply (IH steps _ l H). intros k' e' [E|I]; [injection E as <- <-; exact (check_step_sound _ _ _ _ _ C)|now apply T].
Qed.

Theorem check_claim_sound weighted d D c r : check_claim weighted d D c = Some r -> true_of d D r.
Proof.
  unfold check_claim; cbv zeta; destruct (stated c) as [by_parameters s lower upper| |curve|h bound]; intros H.
  - destruct (count lower) as [l|]; [|discriminate].
    destruct (option_all count upper) as [[u|]|]; [| |discriminate].
    + destruct (_ && _) eqn:E; [|discriminate]; injection H as <-.
      apply andb_prop in E as [E U]; apply andb_prop in E as [E L].
      split; [exact (check_lower_sound _ _ _ _ _ _ L)|]. intros u' [= <-]. exact (check_upper_sound _ _ _ _ _ _ U).
    + destruct (_ && _) eqn:E; [|discriminate]; injection H as <-.
      apply andb_prop in E as [E U]; apply andb_prop in E as [E L].
      split; [exact (check_lower_sound _ _ _ _ _ _ L)|discriminate].
  - destruct (shown c) as [| | | |i| |]; try discriminate. destruct (attained c); try discriminate.
    destruct (_ && _) eqn:E; [|discriminate]; injection H as <-. apply andb_prop in E as [_ E].
    exact (check_empty_sound _ _ E).
  - destruct (shown c) as [| | | | | |steps]; try discriminate. destruct (attained c); try discriminate.
    destruct (is_one d) eqn:E; [|discriminate]. apply Nat.eqb_eq in E.
    destruct (check_steps D curve steps []) as [l|] eqn:F; [|discriminate]; injection H as <-.
    split; [exact E|]. apply (check_steps_sound D curve steps [] l F). intros k e [].
  - destruct (read_shape h) as [h'|]; [|discriminate].
    destruct (_ && _) eqn:E; [|discriminate]. apply andb_prop in E as [E _]; apply andb_prop in E as [_ E].
    apply Nat.eqb_eq in E. destruct (option_all count bound) as [[k|]|]; [| |discriminate].
    + destruct (shown c); try discriminate. destruct (attained c) as [| |places|]; try discriminate.
      destruct (all read_place places) as [v|]; [|discriminate]. destruct (check_shape_minimum _ _ _ _ _) eqn:F; [|discriminate].
      injection H as <-. split; [exact E|]. exact (check_shape_minimum_sound _ _ _ _ _ F).
    + destruct (shown c); try discriminate. destruct (attained c); try discriminate.
      destruct (check_conflict _ _ _) eqn:F; [|discriminate]. injection H as <-. split; [exact E|].
      exact (check_conflict_sound _ _ _ F).
Qed.

Theorem verified weighted d data c r : verify weighted d data c = Some r ->
  exists n D, read_rows weighted d data = Some (n, D) /\ true_of n D r.
Proof.
  unfold verify; destruct (read_rows weighted d data) as [[n D]|]; [|discriminate].
  intros H; exists n, D; split; [reflexivity|exact (check_claim_sound weighted n D c r H)].
Qed.
