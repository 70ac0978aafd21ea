(** Shapes and least tolerances of functions of one input: FORMAT.md, "Certificates of shapes", "Certificates of least tolerances".
    [check_conflict_sound], [check_shape_minimum_sound], [check_step_sound]. *)
From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool FMapPositive.
From Sparsest Require Import Network Witness Rational Decode Sweep Line.
Import ListNotations.
Open Scope R_scope.

(** ** Lines from a certificate. Whatever comes out of them is checked as it stands. *)

Definition through (x y x' y' : Q) : line :=
  let s := Qred ((y' - y) / (x' - x)) in Line s (Qred (y - s * x)).

(** A piece is [a, end of a, b, end of b, from, to]. *)
Definition line_of_piece (points : PositiveMap.t point) (piece : list Z) : option line :=
  match piece with
  | [a; g; b; h; _; _] =>
    if (0 <=? a)%Z && (a <=? b)%Z && within g 2 && within h 2 then
      match PositiveMap.find (key (Z.to_N a)) points, PositiveMap.find (key (Z.to_N b)) points with
      | Some p, Some q =>
        let y := if (g =? 0)%Z then plo p else phi p in
        if (a =? b)%Z then Some (Line 0 y) else Some (through (x1 p) y (x1 q) (if (h =? 0)%Z then plo q else phi q))
      | _, _ => None
      end
    else None
  | _ => None
  end.

(** Points are taken in order, each from the end of the piece before or later, up to the last. *)
Fixpoint in_order (N last : Z) (pieces : list (list Z)) : bool :=
  match pieces with
  | [] => (last =? N - 1)%Z
  | [_; _; _; _; from; to] :: l => (last <=? from)%Z && (from <=? to)%Z && (to <? N)%Z && in_order N to l
  | _ => false
  end.

(** The lines [l], [m] of two pieces cross between the last point of the one and the first of the other, at ends of windows. *)
Definition parts (l m : line) (p : point) : bool :=
  let between e := Qle_bool (qon m (x1 p)) e && Qle_bool e (qon l (x1 p)) in between (plo p) || between (phi p).

Fixpoint cross_in_place (points : PositiveMap.t point) (lines : list line) (pieces : list (list Z)) : bool :=
  match lines, pieces with
  | l :: ((m :: _) as lines'), [_; _; _; _; _; to] :: (([_; _; _; _; from; _] :: _) as pieces') =>
    match PositiveMap.find (key (Z.to_N to)) points, PositiveMap.find (key (Z.to_N from)) points with
    | Some p, Some q => (parts l m p && parts m l q || parts m l p && parts l m q) && cross_in_place points lines' pieces'
    | _, _ => false
    end
  | [_], [_] => true
  | _, _ => false
  end.

Definition lines_of_pieces (P : problem) (pieces : list (list Z)) : option (list line) :=
  if match pieces with [_; _; _; _; from; _] :: _ => (from =? 0)%Z | _ => false end && in_order (Z.of_nat (length P)) 0 pieces
  then
    let points := index P in
    match all (line_of_piece points) pieces with
    | Some lines => if cross_in_place points lines pieces then Some lines else None
    | None => None
    end
  else None.

(** A place is a point whose window is a single value, or two rationals. *)
Inductive place := At (i : Z) | Value (x y : Q).
Definition corner (points : PositiveMap.t point) (v : place) : option (Q * Q) :=
  match v with
  | Value x y => Some (x, y)
  | At i =>
    if (0 <=? i)%Z then
      match PositiveMap.find (key (Z.to_N i)) points with
      | Some p => if Qeq_bool (plo p) (phi p) then Some (x1 p, plo p) else None
      | None => None
      end
    else None
  end.

Fixpoint joined (corners : list (Q * Q)) (done : list line) : option (list line) :=
  match corners with
  | (x, y) :: ((x', y') :: _) as l => if Qle_bool x' x then None else joined l (through x y x' y' :: done)
  | _ => Some (rev_append done [])
  end.

Definition lines_of_function (P : problem) (places : list place) : option (list line) :=
  let points := index P in
  match all (corner points) places with Some l => joined l [] | None => None end.

(** A function through all windows, and its changes of line. *)
Definition check_function (P : problem) (lines : option (list line)) (bound : nat) : bool :=
  match lines with
  | Some (a :: rest) => check_lines P a rest && numbers bound rest
  | _ => false
  end.

Theorem check_function_sound P lines bound : check_function P lines bound = true ->
  exists f, shaped 1 SkipAffine f /\ meets P f /\ (neurons f <= bound)%nat.
Proof.
  unfold check_function; destruct lines as [[|a rest]|]; try discriminate; intros H.
  apply andb_prop in H as [H L]; apply Nat.eqb_eq in L. apply check_lines_sound in H as (S & M & N).
  exists (broken_network a rest); rewrite L in N; auto.
Qed.

(** ** Shapes *)

Definition conflict2 (h : shape) (p q : point) : bool :=
  negb (Qle_bool (x1 q) (x1 p)) &&
  (match max_slope h with Some s => negb (Qle_bool (plo q - phi p) (s * (x1 q - x1 p))) | None => false end ||
   match min_slope h with Some s => negb (Qle_bool (s * (x1 q - x1 p)) (phi q - plo p)) | None => false end).

Definition conflict3 (h : shape) (a b c : point) : bool :=
  negb (Qle_bool (x1 b) (x1 a)) && negb (Qle_bool (x1 c) (x1 b)) &&
  match convex h with
  | Some true => Qltb ((x1 b - x1 a) * (phi c - phi a)) ((plo b - phi a) * (x1 c - x1 a))
  | Some false => Qltb ((phi b - plo a) * (x1 c - x1 a)) ((x1 b - x1 a) * (plo c - plo a))
  | None => false
  end.

Definition check_conflict (h : shape) (P : problem) (points : list Z) : bool :=
  dimension 1 P &&
  match points with
  | [i; j] => match at_point P i, at_point P j with Some p, Some q => conflict2 h p q | _, _ => false end
  | [i; j; k] =>
    match at_point P i, at_point P j, at_point P k with Some p, Some q, Some r => conflict3 h p q r | _, _, _ => false end
  | _ => false
  end.

Lemma single (p : point) x : px p = [x] -> x1 p = x.
Proof. unfold x1; now intros ->. Qed.

Theorem check_conflict_sound h P points : check_conflict h P points = true -> shape_infeasible h P.
Proof.
  unfold check_conflict, shape_infeasible; intros H g (Hmin & Hmax & Hconvex & Hconcave) M.
  apply andb_prop in H as [_ H].
  destruct points as [|i [|j [|k [|]]]]; try discriminate.
  - destruct (at_point P i) as [p|] eqn:Ep; [|discriminate]; destruct (at_point P j) as [q|] eqn:Eq; [|discriminate].
    apply at_point_in in Ep, Eq. destruct (M p Ep) as (x & X & Mp), (M q Eq) as (y & Y & Mq).
    unfold conflict2 in H; rewrite (single p x X), (single q y Y) in H.
    apply andb_prop in H as [O H]; apply not_le in O. apply orb_prop in H as [H|H].
    + destruct (max_slope h) as [s|]; [|discriminate]. apply not_le in H; rewrite Q2R_mult, !Q2R_minus in H.
      specialize (Hmax s eq_refl (Q2R x) (Q2R y)); lra.
    + destruct (min_slope h) as [s|]; [|discriminate]. apply not_le in H; rewrite Q2R_mult, !Q2R_minus in H.
      specialize (Hmin s eq_refl (Q2R x) (Q2R y)); lra.
  - destruct (at_point P i) as [p|] eqn:Ep; [|discriminate]; destruct (at_point P j) as [q|] eqn:Eq; [|discriminate].
    destruct (at_point P k) as [r|] eqn:Er; [|discriminate].
    apply at_point_in in Ep, Eq, Er. destruct (M p Ep) as (x & X & Mp), (M q Eq) as (y & Y & Mq), (M r Er) as (z & Z & Mr).
    unfold conflict3 in H; rewrite (single p x X), (single q y Y), (single r z Z) in H.
    apply andb_prop in H as [H B]; apply andb_prop in H as [O1 O2]; apply not_le in O1, O2.
    destruct (convex h) as [[|]|]; try discriminate; apply Qltb_spec in B; rewrite !Q2R_mult, !Q2R_minus in B.
    + specialize (Hconvex eq_refl (Q2R x) (Q2R y) (Q2R z) (conj O1 O2)).
      pose proof (windows_force_down g _ _ _ _ _ _ (conj O1 O2) (proj2 Mp) (proj1 Mq) (proj2 Mr)) as F.
      unfold bend in F; lra.
    + specialize (Hconcave eq_refl (Q2R x) (Q2R y) (Q2R z) (conj O1 O2)).
      pose proof (windows_force_up g _ _ _ _ _ _ (conj O1 O2) (proj1 Mp) (proj2 Mq) (proj1 Mr)) as F.
      unfold bend in F; lra.
Qed.

Definition at_least_slope (s : option Q) (l : line) : bool := match s with Some s => Qle_bool s (slope l) | None => true end.
Definition at_most_slope (s : option Q) (l : line) : bool := match s with Some s => Qle_bool (slope l) s | None => true end.
Definition turns_as (c : option bool) (a b : line) : bool :=
  match c with
  | Some true => Qle_bool (slope a) (slope b) | Some false => Qle_bool (slope b) (slope a) | None => true end.

Fixpoint lines_of_shape (h : shape) (a : line) (rest : list line) : bool :=
  at_least_slope (min_slope h) a && at_most_slope (max_slope h) a &&
  match rest with [] => true | b :: rest' => turns_as (convex h) a b && lines_of_shape h b rest' end.

Definition check_shape_minimum (h : shape) (P : problem) (witnesses : list (list Z)) (lines : option (list line))
  (bound : nat) : bool :=
  check_witness_list P witnesses bound &&
  match lines with
  | Some (a :: rest) => check_lines P a rest && numbers bound rest && lines_of_shape h a rest
  | _ => false
  end.

Definition along_lines (a : line) (rest : list line) (x : R) : R := on a x + bends a rest x.

(** Left of the first crossing the function is the first line, right of it the function of the others. *)
Lemma first_crossing t a b rest : crossings t a (b :: rest) = true -> exists u,
  (forall x, x <= u -> along_lines a (b :: rest) x = on a x) /\
  (forall x, u <= x -> along_lines a (b :: rest) x = along_lines b rest x) /\ along_lines b rest u = on a u /\
  (Q2R (rise a b) = 0 -> forall x, along_lines a (b :: rest) x = along_lines b rest x).
Proof.
  cbn [crossings]; unfold along_lines; cbn [bends]; destruct (Qeq_bool (rise a b) 0) eqn:E.
  - intros H; apply andb_prop in H as [H0 H]; apply qzero_spec in E, H0.
    assert (S : forall x, on a x + (change a b x + bends b rest x) = on b x + bends b rest x)
      by (intros x; destruct (change_same a b x E H0) as [-> ->]; lra).
    revert t b E H0 H S. induction rest as [|c rest IH]; intros t b E H0 H S.
    + exists 0. repeat split; intros; try apply S; cbn [bends]; destruct (change_same a b 0 E H0) as [? O0];
        try destruct (change_same a b x E H0) as [-> ?]; lra.
    + cbn [crossings] in H. destruct (Qeq_bool (rise b c) 0) eqn:E'.
      * apply andb_prop in H as [H1 H]; apply qzero_spec in E', H1.
        assert (Ea : Q2R (rise a c) = 0) by (unfold rise in *; rewrite Q2R_minus in *; lra).
        assert (La : Q2R (lift a c) = 0) by (unfold lift in *; rewrite Q2R_minus in *; lra).
        destruct (IH t c Ea La H) as (u & A1 & A2 & A3 & _).
        { intros x; destruct (change_same a c x Ea La) as [-> ->]; lra. }
        assert (Sc : forall x, change b c x = 0) by (intros x; now destruct (change_same b c x E' H1)).
        assert (Sa : forall x, change a c x = 0) by (intros x; now destruct (change_same a c x Ea La)).
        assert (Sb : forall x, change a b x = 0) by (intros x; now destruct (change_same a b x E H0)).
        assert (Ob : forall x, on b x = on a x) by (intros x; now destruct (change_same a b x E H0)).
        assert (Oc : forall x, on c x = on a x) by (intros x; now destruct (change_same a c x Ea La)).
        exists u; cbn [bends]; repeat split; intros; rewrite ?Sb, ?Sc, ?Ob.
        -- specialize (A1 x H2); rewrite Sa in A1; lra.
        -- lra.
        -- rewrite Oc in A3; lra.
        -- lra.
      * apply andb_prop in H as [H1 H].
        assert (N : Q2R (rise b c) <> 0) by (intros Z; apply qzero_spec in Z; congruence).
        pose proof (crossing_root b c N) as R0. set (q := Qred (- lift b c / rise b c)) in *.
        assert (B : forall x, x <= Q2R q -> bends b (c :: rest) x = 0).
        { intros x L; cbn [bends]; unfold change; rewrite (turn_left _ _ _ x R0 L).
          rewrite (bends_left rest (Some q) c x H); [lra|intros q' E1; injection E1 as <-; exact L|discriminate]. }
        exists (Q2R q); repeat split; intros; try apply S.
        -- rewrite (S x), (B x H2). destruct (change_same a b x E H0); lra.
        -- rewrite (B _ (Rle_refl _)). destruct (change_same a b (Q2R q) E H0); lra.
  - intros H; apply andb_prop in H as [H1 H].
    assert (N : Q2R (rise a b) <> 0) by (intros Z; apply qzero_spec in Z; congruence).
    pose proof (crossing_root a b N) as R0. set (q := Qred (- lift a b / rise a b)) in *.
    assert (B : forall x, x <= Q2R q -> bends b rest x = 0).
    { intros x L. apply (bends_left rest (Some q) b x H); [intros q' E1; injection E1 as <-; exact L|discriminate]. }
    exists (Q2R q); repeat split; intros.
    + unfold change; rewrite (turn_left _ _ _ x R0), (B x) by assumption; lra.
    + unfold change; rewrite (turn_right _ _ _ x R0), (on_change a b x) by assumption; lra.
    + rewrite (B _ (Rle_refl _)), (on_change a b); lra.
    + contradiction.
Qed.

(** Slopes of the lines bound those of the function; [c] is 1 for lower, -1 for upper bounds. *)
Lemma slopes_bounded c s rest : forall t a, crossings t a rest = true ->
  Forall (fun l => c * s <= c * Q2R (slope l)) (a :: rest) ->
  forall x y, x <= y -> c * (s * (y - x)) <= c * (along_lines a rest y - along_lines a rest x).
Proof.
  induction rest as [|b rest IH]; intros t a C F x y L; inversion F as [|? ? Fa Fr]; subst.
  - unfold along_lines, on; cbn [bends]. nra.
  - destruct (first_crossing t a b rest C) as (u & Lo & Hi & At & _).
    assert (C' : exists t', crossings t' b rest = true).
    { cbn [crossings] in C. destruct (Qeq_bool (rise a b) 0); apply andb_prop in C as [_ C]; eauto. }
    destruct C' as [t' C']; specialize (IH t' b C' Fr).
    destruct (Rle_dec y u) as [Ly|Ly]; [|destruct (Rle_dec u x) as [Lx|Lx]].
    + rewrite (Lo x), (Lo y) by lra. unfold on. nra.
    + rewrite (Hi x), (Hi y) by lra. now apply IH.
    + rewrite (Lo x), (Hi y) by lra.
      assert (c * (s * (y - u)) <= c * (along_lines b rest y - along_lines b rest u)) by (apply IH; lra).
      rewrite At in *. assert (c * (s * (u - x)) <= c * (on a u - on a x)) by (unfold on; nra). lra.
Qed.

Lemma turn_bend g h x y z : x < y < z ->
  (0 <= g -> 0 <= bend (turn g h) x y z) /\ (g <= 0 -> (g = 0 -> h = 0) -> bend (turn g h) x y z <= 0).
Proof.
  intros O; unfold turn, bend; destruct (Rle_dec 0 g) as [G|G]; split; intros H.
  - exact (bend_relu_nonneg g h x y z O).
  - assert (g = 0) as -> by lra. intros K; rewrite (K eq_refl). rewrite !Rmult_0_l, !Rplus_0_l. rewrite !relu_pos by lra. lra.
  - lra.
  - intros _. pose proof (bend_relu_nonneg (- g) (- h) x y z O) as B; unfold bend in B.
    replace (- (g * x + h)) with (- g * x + - h) by ring. replace (- (g * y + h)) with (- g * y + - h) by ring.
    replace (- (g * z + h)) with (- g * z + - h) by ring. lra.
Qed.

Lemma bend_lines rest : forall t a x y z, crossings t a rest = true -> x < y < z -> forall h,
  lines_of_shape h a rest = true ->
  (convex h = Some true -> 0 <= bend (along_lines a rest) x y z) /\
  (convex h = Some false -> bend (along_lines a rest) x y z <= 0).
Proof.
  induction rest as [|b rest IH]; intros t a x y z C O h H; cbn [lines_of_shape] in H.
  - assert (bend (along_lines a []) x y z = 0) as -> by (unfold bend, along_lines, on; cbn [bends]; ring).
    split; intros; lra.
  - apply andb_prop in H as [_ H]; apply andb_prop in H as [T H].
    assert (C' : (exists t', crossings t' b rest = true) /\ (Q2R (rise a b) = 0 -> Q2R (lift a b) = 0)).
    { cbn [crossings] in C. destruct (Qeq_bool (rise a b) 0) eqn:E; apply andb_prop in C as [C0 C]; split; eauto; intros Z.
      - now apply qzero_spec.
      - apply qzero_spec in Z; congruence. }
    destruct C' as [[t' C'] K]. destruct (IH t' b x y z C' O h H) as [I1 I2].
    pose proof (turn_bend (Q2R (rise a b)) (Q2R (lift a b)) x y z O) as [T1 T2].
    assert (E : bend (along_lines a (b :: rest)) x y z =
      bend (turn (Q2R (rise a b)) (Q2R (lift a b))) x y z + bend (along_lines b rest) x y z).
    { unfold bend, along_lines, on, change; cbn [bends]; unfold change; ring. }
    unfold turns_as in T; rewrite E; unfold rise in *; rewrite Q2R_minus in *; split; intros G; rewrite G in T; apply qle_spec in T.
    + specialize (I1 G). assert (0 <= bend (turn (Q2R (slope b) - Q2R (slope a)) (Q2R (lift a b))) x y z) by (apply T1; lra). lra.
    + specialize (I2 G). assert (bend (turn (Q2R (slope b) - Q2R (slope a)) (Q2R (lift a b))) x y z <= 0); [|lra].
      apply T2; [lra|exact K].
Qed.

Lemma shape_slopes h rest : forall a, lines_of_shape h a rest = true ->
  (forall s, min_slope h = Some s -> Forall (fun l => Q2R s <= Q2R (slope l)) (a :: rest)) /\
  (forall s, max_slope h = Some s -> Forall (fun l => Q2R (slope l) <= Q2R s) (a :: rest)).
Proof.
  induction rest as [|b rest IH]; intros a H; cbn [lines_of_shape] in H;
    apply andb_prop in H as [H0 H]; apply andb_prop in H0 as [Ha Hb]; unfold at_least_slope, at_most_slope in *.
  - split; intros s E; rewrite E in *; (constructor; [now apply qle_spec|constructor]).
  - apply andb_prop in H as [_ H]; destruct (IH b H) as [I1 I2].
    split; intros s E; (constructor; [rewrite E in *; now apply qle_spec|auto]).
Qed.

Theorem lines_of_shape_sound h a rest t : crossings t a rest = true -> lines_of_shape h a rest = true ->
  of_shape h (along_lines a rest).
Proof.
  intros C H; destruct (shape_slopes h rest a H) as [S1 S2]. split; [|split; [|split]].
  - intros s E x y L. specialize (S1 s E).
    assert (1 * (Q2R s * (y - x)) <= 1 * (along_lines a rest y - along_lines a rest x)); [|lra].
    eapply slopes_bounded; [exact C| |exact L]. eapply Forall_impl; [|exact S1]; cbn; intros; lra.
  - intros s E x y L. specialize (S2 s E).
    assert (-1 * (Q2R s * (y - x)) <= -1 * (along_lines a rest y - along_lines a rest x)); [|lra].
    eapply slopes_bounded; [exact C| |exact L]. eapply Forall_impl; [|exact S2]; cbn; intros; lra.
  - intros E x y z O; destruct (bend_lines rest t a x y z C O h H) as [B _]; specialize (B E); unfold bend in B; lra.
  - intros E x y z O; destruct (bend_lines rest t a x y z C O h H) as [_ B]; specialize (B E); unfold bend in B; lra.
Qed.

Lemma of_shape_same h g g' : (forall x, g' x = g x) -> of_shape h g -> of_shape h g'.
Proof.
  intros E (A & B & C & D); split; [|split; [|split]]; intros; rewrite !E; auto.
Qed.

Theorem check_shape_minimum_sound h P witnesses lines bound : check_shape_minimum h P witnesses lines bound = true ->
  shape_minimum h P bound.
Proof.
  unfold check_shape_minimum, shape_minimum; intros H; apply andb_prop in H as [W H]. split.
  - intros f; exact (check_witness_list_sound P witnesses bound W SkipAffine f).
  - destruct lines as [[|a rest]|]; try discriminate. apply andb_prop in H as [H Sh]; apply andb_prop in H as [C L].
    apply Nat.eqb_eq in L. destruct (check_lines_sound P a rest C) as (S & M & N). rewrite L in N.
    exists (broken_network a rest); split; [exact S|split; [exact M|split; [|exact N]]].
    unfold check_lines in C; apply andb_prop in C as [C _]; apply andb_prop in C as [_ C].
    apply (of_shape_same h (along_lines a rest)); [|exact (lines_of_shape_sound h a rest None C Sh)].
    intros x; now rewrite broken_eval.
Qed.

(** ** Least tolerances *)

Definition widened (e : Q) (r : data_row) : point :=
  let p := drow r in
  Point (px p) (Qred (plo p - e * dweight r)) (Qred (phi p + e * dweight r)).

Definition qmax (a b : Q) : Q := if Qle_bool a b then b else a.
Definition qmin (a b : Q) : Q := if Qle_bool a b then a else b.

(** Windows of equal inputs, which follow each other, are intersected. *)
Definition intersect (done : list point) (p : point) : list point :=
  match done with
  | q :: l => if Qeq_bool (x1 q) (x1 p) then Point (px q) (qmax (plo q) (plo p)) (qmin (phi q) (phi p)) :: l else p :: done
  | [] => [p]
  end.

Fixpoint merge (e : Q) (D : rows) (done : list point) : list point :=
  match D with [] => done | r :: D' => merge e D' (intersect done (widened e r)) end.

Definition windows_at (e : Q) (D : rows) : problem := rev_append (merge e D []) [].

Inductive reason := ByWitnesses (l : list (list Z)) | ByPoint (i : Z).

Definition positive_weights (D : rows) : bool := forallb (fun r => negb (Qle_bool (dweight r) 0)) D.

Definition no_empty_window (P : problem) : bool := forallb (fun p => Qle_bool (plo p) (phi p)) P.

Definition check_step (D : rows) (knots : nat) (e : Q) (pieces : list (list Z)) (why : reason) : bool :=
  let P := windows_at e D in
  dimension 1 (windows D) && positive_weights D && no_empty_window P &&
  match lines_of_pieces P pieces with
  | Some (a :: rest) => check_lines P a rest && Nat.leb (length rest) knots
  | _ => false
  end &&
  match why with
  | ByWitnesses witnesses =>
    match all decode_witness witnesses with
    | Some l => check_entries true (index P) None None l && numbers (S knots) l
    | None => false
    end
  | ByPoint i => match at_point P i with Some p => Qeq_bool (plo p) (phi p) | None => false end
  end.

Definition inside_window (g : R -> R) (p : point) : Prop := Q2R (plo p) <= g (Q2R (x1 p)) <= Q2R (phi p).
Definition strictly_inside (g : R -> R) (p : point) : Prop := Q2R (plo p) < g (Q2R (x1 p)) < Q2R (phi p).

Lemma qmax_spec a b : Q2R (qmax a b) = Rmax (Q2R a) (Q2R b).
Proof.
  unfold qmax; destruct (Qle_bool a b) eqn:E; [apply qle_spec in E; now rewrite Rmax_right|].
  rewrite Rmax_left; [reflexivity|]. destruct (Rle_dec (Q2R a) (Q2R b)); [|lra]. apply qle_spec in r; congruence.
Qed.

Lemma qmin_spec a b : Q2R (qmin a b) = Rmin (Q2R a) (Q2R b).
Proof.
  unfold qmin; destruct (Qle_bool a b) eqn:E; [apply qle_spec in E; now rewrite Rmin_left|].
  rewrite Rmin_right; [reflexivity|]. destruct (Rle_dec (Q2R a) (Q2R b)); [|lra]. apply qle_spec in r; congruence.
Qed.

Lemma intersect_strict g done p : Forall (strictly_inside g) done -> strictly_inside g p ->
  Forall (strictly_inside g) (intersect done p).
Proof.
  intros F S; destruct done as [|q l]; cbn [intersect]; [now constructor|].
  destruct (Qeq_bool (x1 q) (x1 p)) eqn:E; [|now constructor].
  inversion F as [|? ? Sq Sl]; subst; constructor; [|assumption].
  apply Qeq_bool_iff, Qeq_eqR in E. unfold strictly_inside, x1 in *; cbn [px plo phi]. rewrite qmax_spec, qmin_spec, <- E in *.
  split; [apply Rmax_lub_lt|apply Rmin_glb_lt]; tauto.
Qed.

Lemma intersect_inside g done p : Forall (inside_window g) (intersect done p) ->
  Forall (inside_window g) done /\ inside_window g p.
Proof.
  destruct done as [|q l]; cbn [intersect]; intros F; [inversion F; auto|].
  destruct (Qeq_bool (x1 q) (x1 p)) eqn:E; inversion F as [|? ? S Sl]; subst; [|auto].
  apply Qeq_bool_iff, Qeq_eqR in E. unfold inside_window, x1 in *; cbn [px plo phi] in S.
  rewrite qmax_spec, qmin_spec in S.
  pose proof (Rmax_l (Q2R (plo q)) (Q2R (plo p))); pose proof (Rmax_r (Q2R (plo q)) (Q2R (plo p))).
  pose proof (Rmin_l (Q2R (phi q)) (Q2R (phi p))); pose proof (Rmin_r (Q2R (phi q)) (Q2R (phi p))).
  split; [constructor; [unfold inside_window; cbn; lra|assumption]|]. rewrite <- E; lra.
Qed.

Lemma merge_strict g e D : forall done, Forall (strictly_inside g) done -> Forall (fun r => strictly_inside g (widened e r)) D ->
  Forall (strictly_inside g) (merge e D done).
Proof.
  induction D as [|r D IH]; cbn [merge]; intros done F S; [assumption|].
  inversion S; subst. apply IH; [now apply intersect_strict|assumption].
Qed.

Lemma merge_inside g e D : forall done, Forall (inside_window g) (merge e D done) ->
  Forall (inside_window g) done /\ Forall (fun r => inside_window g (widened e r)) D.
Proof.
  induction D as [|r D IH]; cbn [merge]; intros done F; [auto|].
  apply IH in F as [F S]; apply intersect_inside in F as [F I]; auto.
Qed.

Lemma merge_dimension e D : forall done, dimension 1 (windows D) = true -> Forall (fun p => length (px p) = 1%nat) done ->
  Forall (fun p => length (px p) = 1%nat) (merge e D done).
Proof.
  induction D as [|r D IH]; cbn [merge windows map dimension forallb]; intros done H F; [assumption|].
  apply andb_prop in H as [H0 H]; apply Nat.eqb_eq in H0. apply IH; [exact H|].
  destruct done as [|q l]; cbn [intersect]; [now constructor|].
  destruct (Qeq_bool _ _); [|now constructor]. inversion F; subst; now constructor.
Qed.

Lemma windows_at_in e D p : In p (windows_at e D) <-> In p (merge e D []).
Proof. unfold windows_at; rewrite rev_append_rev, app_nil_r; symmetry; apply in_rev. Qed.

Theorem check_step_sound D knots e pieces why : check_step D knots e pieces why = true -> least_tolerance D knots e.
Proof.
  unfold check_step, least_tolerance; cbv zeta; intros H.
  apply andb_prop in H as [H Hw]; apply andb_prop in H as [H Hp]; apply andb_prop in H as [H _];
    apply andb_prop in H as [Dim Pos].
  assert (X : forall r, In r D -> map Q2R (px (drow r)) = [Q2R (x1 (drow r))]).
  { intros r I; apply input1. apply (dimension_spec 1 (windows D)); [assumption|]. now apply in_map. }
  split.
  - destruct (lines_of_pieces _ pieces) as [[|a rest]|]; try discriminate. apply andb_prop in Hp as [C L].
    apply Nat.leb_le in L. destruct (check_lines_sound _ _ _ C) as (S & M & N).
    exists (broken_network a rest); split; [exact S|split; [lia|]].
    unfold check_lines in C; apply andb_prop in C as [C _]; apply andb_prop in C as [Dm _].
    assert (F : Forall (inside_window (fun x => eval (broken_network a rest) [x])) (merge e D [])).
    { apply Forall_forall; intros p I; apply windows_at_in in I. unfold inside_window.
      rewrite <- (input1 p (dimension_spec 1 _ p Dm I)). exact (M p I). }
    apply merge_inside in F as [_ F]; rewrite Forall_forall in F. intros r I; specialize (F r I).
    unfold inside_window, widened, x1 in F; cbn [px plo phi] in F. rewrite (X r I).
    rewrite !Q2R_red, Q2R_minus, Q2R_plus, Q2R_mult in F. exact F.
  - intros f e' Sh N Le K.
    assert (F : Forall (strictly_inside (fun x => eval f [x])) (merge e D [])).
    { apply merge_strict; [constructor|]. apply Forall_forall; intros r I; specialize (K r I).
      unfold positive_weights in Pos; rewrite forallb_forall in Pos; specialize (Pos r I); apply not_le in Pos.
      rewrite Q2R_0 in Pos. unfold strictly_inside, widened, x1; cbn [px plo phi]. rewrite (X r I) in K.
      rewrite !Q2R_red, Q2R_minus, Q2R_plus, Q2R_mult. fold (x1 (drow r)). 
      assert (e' * Q2R (dweight r) < Q2R e * Q2R (dweight r)) by (apply Rmult_lt_compat_r; assumption). lra. }
    rewrite Forall_forall in F. pose proof (merge_dimension e D [] Dim (Forall_nil _)) as Dm; rewrite Forall_forall in Dm.
    destruct why as [witnesses|i].
    + destruct (all decode_witness witnesses) as [l|]; [|discriminate]. apply andb_prop in Hw as [W L]; apply Nat.eqb_eq in L.
      assert (length l <= neurons f)%nat; [|lia].
      eapply (check_entries_bound true); [exact Sh| |exact W]. intros n p E; apply index_in, windows_at_in in E.
      split; [now apply Dm|]. exact (F p E).
    + destruct (at_point (windows_at e D) i) as [p|] eqn:E; [|discriminate]. apply at_point_in, windows_at_in in E.
      apply Qeq_bool_iff, Qeq_eqR in Hw. specialize (F p E); unfold strictly_inside in F; lra.
Qed.
