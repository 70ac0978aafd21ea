(** Functions of one input, line by line from left to right: FORMAT.md, "The network", "The function", "The pieces".
    [sweep]: points and lines in one pass. [sweep_sound]: the function that follows these lines keeps the windows.
    [broken_network]: it is a network with a free affine part and one neuron for each change of line.
    [check_network_sweep_sound]: the network of a certificate, checked in one pass. *)
From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Sparsest Require Import Network Witness Rational.
Import ListNotations.
Open Scope R_scope.

Record line := Line { slope : Q; offset : Q }.
Definition on (l : line) (x : R) : R := Q2R (slope l) * x + Q2R (offset l).
Definition qon (l : line) (x : Q) : Q := (slope l * x + offset l)%Q.

Lemma qon_spec l x : Q2R (qon l x) = on l (Q2R x).
Proof. unfold qon, on; now rewrite Q2R_plus, Q2R_mult. Qed.

(** A change of line: zero on the left of the place where g x + h is zero, g x + h on the right. *)
Definition turn (g h x : R) : R := if Rle_dec 0 g then relu (g * x + h) else - relu (- (g * x + h)).

Lemma turn_right g h t x : g * t + h = 0 -> t <= x -> turn g h x = g * x + h.
Proof.
  intros E L; unfold turn; destruct (Rle_dec 0 g).
  - apply relu_pos; nra.
  - rewrite relu_pos; [lra|nra].
Qed.

Lemma turn_left g h t x : g * t + h = 0 -> x <= t -> turn g h x = 0.
Proof.
  intros E L; unfold turn; destruct (Rle_dec 0 g).
  - apply relu_neg; nra.
  - rewrite relu_neg; [lra|nra].
Qed.

Definition rise (a b : line) : Q := (slope b - slope a)%Q.
Definition lift (a b : line) : Q := (offset b - offset a)%Q.
Definition change (a b : line) (x : R) : R := turn (Q2R (rise a b)) (Q2R (lift a b)) x.

Fixpoint bends (a : line) (rest : list line) (x : R) : R :=
  match rest with [] => 0 | b :: rest' => change a b x + bends b rest' x end.

(** ** The checker *)

(** Lines cross from left to right, from [t] on. *)
Fixpoint crossings (t : option Q) (a : line) (rest : list line) : bool :=
  match rest with
  | [] => true
  | b :: rest' =>
    let g := rise a b in let h := lift a b in
    if Qeq_bool g 0 then Qeq_bool h 0 && crossings t b rest'
    else let u := Qred (- h / g) in from_ok t u && crossings (Some u) b rest'
  end.

Definition passed (a b : line) (x : Q) : bool :=
  let g := rise a b in let z := (g * x + lift a b)%Q in
  if Qle_bool 0 g then Qle_bool 0 z else Qle_bool z 0.

Fixpoint advance (a : line) (rest : list line) (x : Q) : line * list line :=
  match rest with
  | b :: rest' => if passed a b x then advance b rest' x else (a, rest)
  | [] => (a, [])
  end.

(** Points are in order of their inputs, from [from] on. *)
Fixpoint sweep (from : option Q) (a : line) (rest : list line) (P : problem) : bool :=
  match P with
  | [] => true
  | p :: P' =>
    let x := x1 p in
    let '(b, rest') := advance a rest x in
    let y := qon b x in
    from_ok from x && Qle_bool (plo p) y && Qle_bool y (phi p) && sweep (Some x) b rest' P'
  end.

(** ** Soundness *)

Definition above (t : option Q) (x : R) : Prop := match t with None => True | Some q => Q2R q <= x end.
Lemma from_ok_spec t x : from_ok t x = true -> above t (Q2R x).
Proof. unfold from_ok, above; destruct t; [apply Qleb_spec|trivial]. Qed.

Lemma change_same a b x : Q2R (rise a b) = 0 -> Q2R (lift a b) = 0 -> change a b x = 0 /\ on b x = on a x.
Proof.
  unfold change, on, rise, lift; rewrite !Q2R_minus; intros G H; split; [|nra].
  rewrite G, H; apply (turn_left 0 0 x); lra.
Qed.

Lemma crossing_root a b : Q2R (rise a b) <> 0 ->
  Q2R (rise a b) * Q2R (Qred (- lift a b / rise a b)) + Q2R (lift a b) = 0.
Proof.
  intros N; rewrite Q2R_red; unfold Qdiv; rewrite Q2R_mult, Q2R_opp, Q2R_inv; [field; assumption|].
  intros E; apply Qeq_eqR in E; rewrite Q2R_0 in E; contradiction.
Qed.

Lemma bends_left rest : forall t a x, crossings t a rest = true ->
  (forall q, t = Some q -> x <= Q2R q) -> t <> None -> bends a rest x = 0.
Proof.
  induction rest as [|b rest IH]; cbn [crossings bends]; intros t a x H L N; [reflexivity|].
  destruct (Qeq_bool (rise a b) 0) eqn:E.
  - apply andb_prop in H as [H0 H]. apply qzero_spec in E, H0.
    destruct (change_same a b x E H0) as [-> _]. rewrite (IH t b x H L N); lra.
  - apply andb_prop in H as [H0 H]. destruct t as [q|]; [|contradiction].
    assert (G : Q2R (rise a b) <> 0) by (intros Z; apply qzero_spec in Z; congruence).
    pose proof (crossing_root a b G) as R0.
    set (u := Qred (- lift a b / rise a b)) in *; clearbody u.
    apply from_ok_spec in H0; cbn [above] in H0; specialize (L q eq_refl).
    unfold change. rewrite (turn_left _ _ _ x R0) by lra.
    rewrite (IH (Some u) b x H); [lra| |discriminate]. intros q' E'; injection E' as <-; lra.
Qed.

Lemma passed_spec a b x : Q2R (rise a b) <> 0 ->
  let u := Q2R (Qred (- lift a b / rise a b)) in if passed a b x then u <= Q2R x else Q2R x <= u.
Proof.
  intros G; cbv zeta; pose proof (crossing_root a b G) as E.
  set (u := Q2R (Qred _)) in *; clearbody u.
  assert (Z : Q2R (rise a b * x + lift a b) = Q2R (rise a b) * Q2R x + Q2R (lift a b))
    by now rewrite Q2R_plus, Q2R_mult.
  unfold passed; cbv zeta; destruct (Qle_bool 0 (rise a b)) eqn:S.
  - apply qle_spec in S; rewrite Q2R_0 in S.
    destruct (Qle_bool 0 _) eqn:T.
    + apply qle_spec in T; rewrite Q2R_0, Z in T; nra.
    + assert (~ 0 <= Q2R (rise a b) * Q2R x + Q2R (lift a b)); [|nra].
      rewrite <- Z, <- Q2R_0; intros C; apply qle_spec in C; congruence.
  - assert (S' : ~ 0 <= Q2R (rise a b)) by (rewrite <- Q2R_0; intros C; apply qle_spec in C; congruence).
    destruct (Qle_bool _ 0) eqn:T.
    + apply qle_spec in T; rewrite Q2R_0, Z in T; nra.
    + assert (~ Q2R (rise a b) * Q2R x + Q2R (lift a b) <= 0); [|nra].
      rewrite <- Z, <- Q2R_0; intros C; apply qle_spec in C; congruence.
Qed.

Lemma on_change a b x : on b x = on a x + (Q2R (rise a b) * x + Q2R (lift a b)).
Proof. unfold on, rise, lift; rewrite !Q2R_minus; ring. Qed.

Lemma advance_spec rest : forall t a x b rest', crossings t a rest = true -> advance a rest x = (b, rest') ->
  (exists t', crossings t' b rest' = true) /\ bends b rest' (Q2R x) = 0 /\
  forall y, Q2R x <= y -> on a y + bends a rest y = on b y + bends b rest' y.
Proof.
  induction rest as [|c rest IH]; cbn [crossings advance]; intros t a x b rest' H E.
  - injection E as <- <-. split; [now exists None|split; [reflexivity|intros; reflexivity]].
  - destruct (Qeq_bool (rise a c) 0) eqn:G.
    + apply andb_prop in H as [H0 H]. apply qzero_spec in G, H0.
      assert (P : passed a c x = true).
      { unfold passed; cbv zeta.
        assert (Qle_bool 0 (rise a c) = true) as -> by (apply qle_spec; rewrite Q2R_0; lra).
        apply qle_spec; rewrite Q2R_0, Q2R_plus, Q2R_mult; nra. }
      rewrite P in E. destruct (IH t c x b rest' H E) as (T & B & V). split; [exact T|split; [exact B|]].
      intros y Ly; rewrite <- (V y Ly); cbn [bends]. destruct (change_same a c y G H0) as [-> ->]; lra.
    + assert (N : Q2R (rise a c) <> 0) by (intros Z; apply qzero_spec in Z; congruence).
      pose proof (passed_spec a c x N) as S; cbv zeta in S; pose proof (crossing_root a c N) as R0.
      pose proof H as H'. apply andb_prop in H' as [H0 H1].
      set (u := Qred (- lift a c / rise a c)) in *.
      destruct (passed a c x).
      * destruct (IH _ c x b rest' H1 E) as (T & B & V). split; [exact T|split; [exact B|]].
        intros y Ly; rewrite <- (V y Ly); cbn [bends]; unfold change.
        rewrite (turn_right _ _ _ y R0) by lra. rewrite (on_change a c y); lra.
      * injection E as <- <-. split; [|split; [|intros; reflexivity]].
        -- exists t; cbn [crossings]. rewrite G; exact H.
        -- cbn [bends]; unfold change; rewrite (turn_left _ _ _ (Q2R x) R0) by lra.
           rewrite (bends_left rest (Some u) c (Q2R x) H1); [lra| |discriminate].
           intros q E'; injection E' as <-; exact S.
Qed.

Theorem sweep_sound (F : R -> R) P : forall from t a rest, crossings t a rest = true -> sweep from a rest P = true ->
  (forall x, above from x -> F x = on a x + bends a rest x) ->
  forall p, In p P -> Q2R (plo p) <= F (Q2R (x1 p)) <= Q2R (phi p).
Proof.
  induction P as [|q P IH]; cbn [sweep]; intros from t a rest C H V p I; [contradiction|].
  destruct (advance a rest (x1 q)) as [b rest'] eqn:E.
  destruct (advance_spec rest t a (x1 q) b rest' C E) as ((t' & C') & B & W).
  apply andb_prop in H as [H Hs]; apply andb_prop in H as [H Hu]; apply andb_prop in H as [Hf Hl].
  apply from_ok_spec in Hf. apply qle_spec in Hl, Hu. rewrite qon_spec in Hl, Hu.
  assert (Vq : F (Q2R (x1 q)) = on b (Q2R (x1 q))).
  { rewrite (V _ Hf), (W (Q2R (x1 q)) (Rle_refl _)), B; lra. }
  destruct I as [->|I]; [rewrite Vq; split; assumption|].
  apply (IH (Some (x1 q)) t' b rest' C' Hs); [|exact I].
  cbn; intros x Lx; rewrite <- (W x Lx). apply V.
  unfold above in *; destruct from; [lra|trivial].
Qed.

(** ** The network that follows the lines *)

Definition turn_neuron (g h : R) : neuron := if Rle_dec 0 g then Neuron [g] h 1 else Neuron [- g] (- h) (-1).

Lemma turn_neuron_fire g h x : fire [x] (turn_neuron g h) = turn g h x.
Proof.
  unfold turn_neuron, turn, fire; destruct (Rle_dec 0 g); cbn [iw ib ow dot].
  - replace (g * x + 0 + h) with (g * x + h) by ring; lra.
  - replace (- g * x + 0 + - h) with (- (g * x + h)) by ring; lra.
Qed.

Fixpoint turns (a : line) (rest : list line) : list neuron :=
  match rest with
  | [] => []
  | b :: rest' => turn_neuron (Q2R (rise a b)) (Q2R (lift a b)) :: turns b rest'
  end.

Definition broken_network (a : line) (rest : list line) : network :=
  Network (turns a rest) [Q2R (slope a)] (Q2R (offset a)).

Lemma turns_fire rest : forall a x, sum (map (fire [x]) (turns a rest)) = bends a rest x.
Proof.
  induction rest as [|b rest IH]; intros a x; cbn [turns map sum bends]; [reflexivity|].
  now rewrite turn_neuron_fire, IH.
Qed.

Lemma broken_eval a rest x : eval (broken_network a rest) [x] = on a x + bends a rest x.
Proof.
  unfold eval, broken_network; cbn [hidden skw skb]; rewrite turns_fire; unfold on; cbn [dot]; lra.
Qed.

Lemma turns_length rest : forall a, length (turns a rest) = length rest.
Proof. induction rest; intros; cbn; auto. Qed.

Lemma broken_shaped a rest : shaped 1 SkipAffine (broken_network a rest).
Proof.
  unfold shaped, broken_network; cbn [hidden skw skb]; split; [|split; [reflexivity|trivial]].
  revert a; induction rest as [|b rest IH]; intros a; cbn [turns]; constructor; [|apply IH].
  unfold turn_neuron; destruct (Rle_dec 0 _); reflexivity.
Qed.

Lemma broken_neurons a rest : (neurons (broken_network a rest) <= length rest)%nat.
Proof.
  unfold neurons, broken_network; cbn [hidden]; rewrite <- (turns_length rest a). 
  generalize (turns a rest); intros l; induction l as [|k l IH]; cbn; [lia|]. destruct (alive k); cbn; lia.
Qed.

(** Lines through all windows: a network with at most as many neurons as changes of line. *)
Definition check_lines (P : problem) (a : line) (rest : list line) : bool :=
  dimension 1 P && crossings None a rest && sweep None a rest P.

Theorem check_lines_sound P a rest : check_lines P a rest = true ->
  shaped 1 SkipAffine (broken_network a rest) /\ meets P (broken_network a rest) /\
  (neurons (broken_network a rest) <= length rest)%nat.
Proof.
  unfold check_lines; intros H; apply andb_prop in H as [H S]; apply andb_prop in H as [D C].
  split; [apply broken_shaped|split; [|apply broken_neurons]].
  intros p I. rewrite (input1 p (dimension_spec 1 P p D I)), broken_eval.
  exact (sweep_sound (fun x => on a x + bends a rest x) P None None a rest C S (fun x _ => eq_refl) p I).
Qed.

(** ** A network given by its neurons, in the order of their breakpoints *)

Definition weight1q (k : qneuron) : Q := hd 0%Q (qw k).
Definition is_left (k : qneuron) : bool := negb (Qle_bool 0 (weight1q k)).

(** Left of all breakpoints: neurons facing left are active, constant ones are what they are. *)
Definition add_line (l : line) (g h : Q) : line := Line (Qred (slope l + g)) (Qred (offset l + h)).

Definition add_first (l : line) (k : qneuron) : line :=
  let w := weight1q k in
  if Qeq_bool w 0 then add_line l 0 (qo k * qrelu (qb k))
  else if is_left k then add_line l (qo k * w) (qo k * qb k) else l.

Definition first_line (f : qnetwork) : line :=
  fold_left add_first (qhidden f) (Line (hd 0%Q (qsw f)) (qsb f)).

(** From each line to the next. *)
Fixpoint next_lines (l : line) (ks : list qneuron) : list line :=
  match ks with
  | [] => []
  | k :: ks' =>
    let w := weight1q k in
    if Qeq_bool w 0 then next_lines l ks'
    else
      let n := if is_left k then add_line l (- (qo k * w)) (- (qo k * qb k)) else add_line l (qo k * w) (qo k * qb k) in
      n :: next_lines n ks'
  end.

(** The same with a tail call: networks may be long. *)
Fixpoint lines_onto (l : line) (ks : list qneuron) (done : list line) : list line :=
  match ks with
  | [] => rev_append done []
  | k :: ks' =>
    let w := weight1q k in
    if Qeq_bool w 0 then lines_onto l ks' done
    else
      let n := if is_left k then add_line l (- (qo k * w)) (- (qo k * qb k)) else add_line l (qo k * w) (qo k * qb k) in
      lines_onto n ks' (n :: done)
  end.

Lemma lines_onto_spec ks : forall l done, lines_onto l ks done = rev done ++ next_lines l ks.
Proof.
  induction ks as [|k ks IH]; intros l done; cbn [lines_onto next_lines].
  - now rewrite rev_append_rev.
  - cbv zeta; destruct (Qeq_bool _ _); rewrite IH; [reflexivity|]. cbn [rev]; now rewrite <- app_assoc.
Qed.

Definition check_network_sweep (by_parameters : bool) (s : skip) (P : problem) (f : qnetwork) (bound : nat) : bool :=
  let a := first_line f in
  qshaped 1 s f && check_lines P a (lines_onto a (qhidden f) []) &&
  Nat.eqb (if by_parameters then qparameters f else qneurons f) bound.

Lemma add_line_on l g h x : on (add_line l g h) x = on l x + (Q2R g * x + Q2R h).
Proof. unfold on, add_line; cbn [slope offset]; rewrite !Q2R_red, !Q2R_plus; ring. Qed.

Lemma add_line_change l g h x : change l (add_line l g h) x = turn (Q2R g) (Q2R h) x.
Proof.
  unfold change, rise, lift, add_line; cbn [slope offset]; rewrite !Q2R_minus, !Q2R_red, !Q2R_plus.
  f_equal; ring.
Qed.

Lemma turn_scaled v w b x : 0 < w -> turn (v * w) (v * b) x = v * relu (w * x + b).
Proof.
  intros P; unfold turn; replace (v * w * x + v * b) with (v * (w * x + b)) by ring.
  destruct (Rle_dec 0 (v * w)) as [h|h].
  - assert (0 <= v) by nra. now rewrite relu_scale.
  - assert (v < 0) by nra. replace (- (v * (w * x + b))) with (- v * (w * x + b)) by ring.
    rewrite relu_scale by lra; ring.
Qed.

Lemma fire1 k x : length (qw k) = 1%nat ->
  fire [x] (real_neuron k) = Q2R (qo k) * relu (Q2R (weight1q k) * x + Q2R (qb k)).
Proof.
  intros L; unfold fire, real_neuron, weight1q; cbn [iw ib ow].
  destruct (qw k) as [|w [|]]; cbn in *; try discriminate. f_equal; f_equal; lra.
Qed.

(** What a neuron adds: its part of the first line and its turn. *)
Definition early (k : qneuron) (x : R) : R :=
  let w := weight1q k in
  if Qeq_bool w 0 then Q2R (qo k) * relu (Q2R (qb k))
  else if is_left k then Q2R (qo k) * (Q2R w * x + Q2R (qb k)) else 0.

Lemma first_line_on ks x : forall l, on (fold_left add_first ks l) x = on l x + sum (map (fun k => early k x) ks).
Proof.
  induction ks as [|k ks IH]; intros l; cbn [fold_left map sum]; [lra|].
  rewrite IH; unfold add_first at 1, early at 2.
  destruct (Qeq_bool (weight1q k) 0); [rewrite add_line_on, Q2R_0, Q2R_mult, qrelu_spec; lra|].
  destruct (is_left k); [rewrite add_line_on, !Q2R_mult|]; lra.
Qed.

Lemma next_lines_bends ks x : Forall (fun k => length (qw k) = 1%nat) ks -> forall l,
  sum (map (fun k => early k x) ks) + bends l (next_lines l ks) x =
  sum (map (fun k => fire [x] (real_neuron k)) ks).
Proof.
  intros F; induction F as [|k ks L F IH]; intros l; cbn [map sum next_lines]; [cbn [bends]; lra|].
  rewrite (fire1 k x L); unfold early at 1.
  destruct (Qeq_bool (weight1q k) 0) eqn:E.
  - apply qzero_spec in E; rewrite E, Rmult_0_l, Rplus_0_l, <- (IH l); lra.
  - assert (N : Q2R (weight1q k) <> 0) by (intros Z; apply qzero_spec in Z; congruence).
    cbn [bends]; unfold is_left; destruct (Qle_bool 0 (weight1q k)) eqn:S; cbn [negb].
    + apply qle_spec in S; rewrite Q2R_0 in S.
      rewrite add_line_change, !Q2R_mult, turn_scaled by lra. rewrite <- (IH (add_line l (qo k * weight1q k) (qo k * qb k))); lra.
    + assert (S' : ~ 0 <= Q2R (weight1q k)) by (rewrite <- Q2R_0; intros C; apply qle_spec in C; congruence).
      rewrite add_line_change, !Q2R_opp, !Q2R_mult.
      replace (- (Q2R (qo k) * Q2R (weight1q k))) with (Q2R (qo k) * - Q2R (weight1q k)) by ring.
      replace (- (Q2R (qo k) * Q2R (qb k))) with (Q2R (qo k) * - Q2R (qb k)) by ring.
      rewrite turn_scaled by lra. rewrite (relu_flip (Q2R (weight1q k) * x + Q2R (qb k))).
      replace (- (Q2R (weight1q k) * x + Q2R (qb k))) with (- Q2R (weight1q k) * x + - Q2R (qb k)) by ring.
      rewrite <- (IH (add_line l (- (qo k * weight1q k)) (- (qo k * qb k)))); lra.
Qed.

Lemma eval1 f x : shaped 1 SkipAffine (real f) ->
  eval (real f) [x] = on (first_line f) x + bends (first_line f) (next_lines (first_line f) (qhidden f)) x.
Proof.
  intros (Hl & Hs & _). unfold first_line at 1; rewrite first_line_on.
  assert (F : Forall (fun k => length (qw k) = 1%nat) (qhidden f)).
  { unfold real in Hl; cbn [hidden] in Hl. apply Forall_map in Hl. eapply Forall_impl; [|exact Hl].
    cbn; intros k H; now rewrite map_length in H. }
  rewrite Rplus_assoc, (next_lines_bends _ x F), Rplus_comm.
  unfold eval, real; cbn [hidden skw skb] in *. rewrite map_map; f_equal. unfold on; cbn [slope offset].
  destruct (qsw f) as [|w [|]]; cbn in *; try discriminate; lra.
Qed.

Theorem check_network_sweep_sound by_parameters s P f bound : check_network_sweep by_parameters s P f bound = true ->
  shaped 1 s (real f) /\ meets P (real f) /\ size by_parameters (real f) = bound.
Proof.
  unfold check_network_sweep; cbv zeta; rewrite lines_onto_spec; cbn [rev app]; intros H; apply andb_prop in H as [H Hb]; apply andb_prop in H as [Hs Hl].
  assert (Sh : shaped 1 s (real f)) by now apply qshaped_spec.
  assert (Sa : shaped 1 SkipAffine (real f)) by (destruct Sh as (? & ? & _); repeat split; assumption).
  split; [exact Sh|split; [|now apply qsize_spec]].
  unfold check_lines in Hl; apply andb_prop in Hl as [Hl S]; apply andb_prop in Hl as [D C].
  intros p I. rewrite (input1 p (dimension_spec 1 P p D I)).
  exact (sweep_sound (fun x => eval (real f) [x]) P None None _ _ C S (fun x _ => eval1 f x Sa) p I).
Qed.
