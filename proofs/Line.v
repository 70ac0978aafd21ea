(** Witnesses on a line through points of several inputs, and bounds of one and two neurons: FORMAT.md, "Proof by witnesses".
    [check_line_sound], [check_zero_sound], [check_opposite_sound], [check_empty_sound]. *)
From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool FMapPositive.
From Sparsest Require Import Network Witness Rational Decode.
Import ListNotations.
Open Scope R_scope.

(** ** A network along a line *)

Section Along.

Variables (a u : list R) (origin step : R).    (* x = a + (t - origin) / step * u *)
Hypothesis step_nonzero : step <> 0.

Definition along_neuron (k : neuron) : neuron :=
  let w := dot (iw k) u / step in Neuron [w] (dot (iw k) a + ib k - origin * w) (ow k).
Definition along (f : network) : network :=
  let w := dot (skw f) u / step in
  Network (map along_neuron (hidden f)) [w] (dot (skw f) a + skb f - origin * w).

Lemma along_shaped s d f : shaped d s f -> shaped 1 SkipAffine (along f).
Proof.
  intros _; unfold shaped, along; cbn [hidden skw skb]; repeat split. apply Forall_map, Forall_forall; reflexivity.
Qed.

Definition placed (t : R) (x : list R) : Prop := forall w, dot w x = dot w a + (t - origin) / step * dot w u.

Lemma along_eval f t x : placed t x -> eval (along f) [t] = eval f x.
Proof.
  intros E; unfold eval, along; cbn [hidden skw skb dot].
  assert (map (fire [t]) (map along_neuron (hidden f)) = map (fire x) (hidden f)) as ->.
  { rewrite map_map; apply map_ext; intros k. unfold fire, along_neuron; cbn [iw ib ow dot].
    rewrite (E (iw k)). do 2 f_equal. field; assumption. }
  rewrite (E (skw f)). f_equal. field; assumption.
Qed.

Lemma along_neurons f : (neurons (along f) <= neurons f)%nat.
Proof.
  unfold neurons, along; cbn [hidden]. induction (hidden f) as [|k l IH]; cbn [map filter]; [lia|].
  destruct (alive k) eqn:A; destruct (alive (along_neuron k)) eqn:B; cbn [length]; try lia.
  exfalso. apply alive_spec in B; apply B. unfold alive in A; destruct (dead_dec k) as [[h|[h1 h2]]|]; [left|right|discriminate].
  - exact h.
  - unfold along_neuron; cbn [iw ib]. rewrite !(dot_zero_l _ _ h1). split; [constructor; [field; assumption|constructor]|].
    replace (0 / step) with 0 by (field; assumption); lra.
Qed.

End Along.

(** ** The checker *)

Fixpoint collinear (step dx : Q) (a u x : list Q) : bool :=
  match a, u, x with
  | [], [], [] => true
  | a :: a', u :: u', x :: x' => Qeq_bool ((x - a) * step) (dx * u) && collinear step dx a' u' x'
  | _, _, _ => false
  end.

Fixpoint first_nonzero (u : list Q) : nat :=
  match u with [] => 0%nat | q :: u' => if Qeq_bool q 0 then S (first_nonzero u') else 0%nat end.

Fixpoint differences (b a : list Q) : list Q :=
  match b, a with y :: b', x :: a' => (y - x)%Q :: differences b' a' | _, _ => [] end.

(** The point of one input that stands for [p] on the line through [a] in direction [u]. *)
Definition project (a u : list Q) (p : point) : option point :=
  let i := first_nonzero u in
  let step := nth i u 0%Q in
  if negb (Qeq_bool step 0) && collinear step (nth i (px p) 0 - nth i a 0)%Q a u (px p)
  then Some (Point [nth i (px p) 0%Q] (plo p) (phi p)) else None.

Definition add_projected (a u : list Q) (points : PositiveMap.t point) (n : N) (m : PositiveMap.t point)
  : PositiveMap.t point :=
  match PositiveMap.find (key n) points with
  | None => m
  | Some p => match project a u p with None => m | Some q => PositiveMap.add (key n) q m end
  end.

Fixpoint named (a u : list Q) (points : PositiveMap.t point) (l : list entry) (m : PositiveMap.t point)
  : PositiveMap.t point :=
  match l with
  | [] => m
  | e :: l' =>
    named a u points l' (add_projected a u points (ea e) (add_projected a u points (eb e)
      (add_projected a u points (ec e) m)))
  end.

Definition check_line (P : problem) (l : list entry) (bound : nat) : bool :=
  numbers bound l &&
  match l with
  | [] => true
  | e :: _ =>
    let points := index P in
    match PositiveMap.find (key (ea e)) points, PositiveMap.find (key (eb e)) points with
    | Some a, Some b =>
      check_entries false (named (px a) (differences (px b) (px a)) points l (PositiveMap.empty _)) None None l
    | _, _ => false
    end
  end.

Definition check_line_list (P : problem) (witnesses : list (list Z)) (bound : nat) : bool :=
  match all decode_witness witnesses with Some l => check_line P l bound | None => false end.

(** ** Soundness *)

Lemma collinear_spec step dx : Q2R step <> 0 -> forall a u x, collinear step dx a u x = true -> forall w,
  dot w (map Q2R x) = dot w (map Q2R a) + Q2R dx / Q2R step * dot w (map Q2R u).
Proof.
  intros N; induction a as [|q a IH]; intros [|v u] [|y x] H w; cbn [collinear] in H; try discriminate;
    destruct w as [|z w]; cbn [map dot]; try lra.
  apply andb_prop in H as [H0 H]. rewrite (IH u x H w). apply Qeq_bool_iff, Qeq_eqR in H0.
  rewrite !Q2R_mult, Q2R_minus in H0.
  assert (Q2R y = Q2R q + Q2R dx / Q2R step * Q2R v) as ->; [|ring].
  apply (Rmult_eq_reg_r (Q2R step)); [|assumption]. field_simplify; [nra|assumption].
Qed.

Section Named.

Variables (P : problem) (a u : list Q).

Definition stands (q : point) : Prop := exists p, In p P /\ project a u p = Some q.

Lemma add_projected_spec n m : (forall k q, PositiveMap.find k m = Some q -> stands q) ->
  forall k q, PositiveMap.find k (add_projected a u (index P) n m) = Some q -> stands q.
Proof.
  intros H k q; unfold add_projected.
  destruct (PositiveMap.find (key n) (index P)) as [p|] eqn:E; [|apply H].
  destruct (project a u p) as [r|] eqn:F; [|apply H].
  destruct (Pos.eq_dec k (key n)) as [->|ne].
  - rewrite PositiveMap.gss; intros [= <-]; exists p; split; [eapply index_in; exact E|exact F].
  - rewrite PositiveMap.gso by assumption; apply H.
Qed.

Lemma named_spec l : forall m, (forall k q, PositiveMap.find k m = Some q -> stands q) ->
  forall k q, PositiveMap.find k (named a u (index P) l m) = Some q -> stands q.
Proof.
  induction l as [|e l IH]; cbn [named]; intros m H; [exact H|].
  apply IH, add_projected_spec, add_projected_spec, add_projected_spec, H.
Qed.

End Named.

Theorem check_line_sound P l bound : check_line P l bound = true ->
  forall d s f, shaped d s f -> meets P f -> (bound <= neurons f)%nat.
Proof.
  unfold check_line; intros H d s f Sh M; apply andb_prop in H as [L H]; apply Nat.eqb_eq in L; rewrite <- L.
  destruct l as [|e l]; [cbn; lia|].
  destruct (PositiveMap.find (key (ea e)) (index P)) as [a|]; [|discriminate].
  destruct (PositiveMap.find (key (eb e)) (index P)) as [b|]; [|discriminate].
  set (u := differences (px b) (px a)) in *; set (i := first_nonzero u) in *.
  destruct (Req_EM_T (Q2R (nth i u 0%Q)) 0) as [Z|N].
  - (* No point stands on a line without a direction. *)
    assert (E : forall n q, PositiveMap.find n (named (px a) u (index P) (e :: l) (PositiveMap.empty _)) = Some q -> False).
    { intros n q F. apply named_spec in F as (p & _ & F); [|intros k r; now rewrite PositiveMap.gempty].
      unfold project in F; fold i in F; apply qzero_spec in Z; rewrite Z in F; discriminate. }
    cbn [check_entries] in H.
    destruct (PositiveMap.find (key (ea e)) (named _ _ _ _ _)) eqn:F; [|discriminate]. now apply E in F.
  - etransitivity; [|exact (along_neurons (map Q2R (px a)) (map Q2R u) (Q2R (nth i (px a) 0%Q)) _ N f)].
    eapply check_entries_bound; [eapply along_shaped, Sh| |exact H].
    intros n q F. apply named_spec in F as (p & I & F); [|intros k r; now rewrite PositiveMap.gempty].
    unfold project in F; fold i in F. destruct (negb _ && _) eqn:C; [|discriminate]; injection F as <-.
    apply andb_prop in C as [_ C]. split; [reflexivity|]. unfold x1; cbn [px hd plo phi].
    rewrite (along_eval _ _ _ _ N f _ (map Q2R (px p))); [exact (M p I)|].
    intros w; rewrite <- Q2R_minus. exact (collinear_spec _ _ N _ _ _ C w).
Qed.

Theorem check_line_list_sound P witnesses bound : check_line_list P witnesses bound = true ->
  forall d s f, shaped d s f -> meets P f -> (bound <= neurons f)%nat.
Proof. unfold check_line_list; destruct (all _ _); [apply check_line_sound|discriminate]. Qed.

(** ** One neuron, two neurons, no function *)

Definition at_point (P : problem) (i : Z) : option point := if within i (Z.of_nat (length P)) then nth_error P (Z.to_nat i) else None.

Lemma at_point_in P i p : at_point P i = Some p -> In p P.
Proof. unfold at_point; destruct (within _ _); [apply nth_error_In|discriminate]. Qed.

Definition is_above (p : point) : bool := negb (Qle_bool (plo p) 0).
Definition is_below (p : point) : bool := negb (Qle_bool 0 (phi p)).

Lemma not_le a b : negb (Qle_bool a b) = true -> Q2R b < Q2R a.
Proof.
  intros H; apply negb_true_iff in H; apply Rnot_le_lt; intros L; apply qle_spec in L; congruence.
Qed.

Definition check_zero (s : skip) (P : problem) (points : list Z) : bool :=
  match s, points with
  | SkipNone, [i] => match at_point P i with Some p => is_above p || is_below p | None => false end
  | SkipBias, [i; j] =>
    match at_point P i, at_point P j with Some p, Some q => negb (Qle_bool (plo q) (phi p)) | _, _ => false end
  | _, _ => false
  end.

Lemma no_neurons f x : neurons f = 0%nat -> eval f x = dot (skw f) x + skb f.
Proof.
  unfold neurons, eval; intros E; rewrite sum_alive. destruct (filter alive (hidden f)); [cbn; lra|discriminate].
Qed.

Theorem check_zero_sound s P points : check_zero s P points = true ->
  forall d f, shaped d s f -> meets P f -> (1 <= neurons f)%nat.
Proof.
  intros H d f (_ & _ & Sh) M; destruct (neurons f) eqn:E; [exfalso|lia].
  unfold check_zero in H; destruct s; try discriminate.
  - destruct points as [|i [|j [|]]]; try discriminate.
    destruct (at_point P i) as [p|] eqn:Ep; [|discriminate]; destruct (at_point P j) as [q|] eqn:Eq; [|discriminate].
    apply not_le in H; apply at_point_in in Ep, Eq.
    pose proof (M p Ep) as Mp; pose proof (M q Eq) as Mq.
    rewrite (no_neurons f _ E), (dot_zero_l _ _ Sh) in Mp; rewrite (no_neurons f _ E), (dot_zero_l _ _ Sh) in Mq; lra.
  - destruct points as [|i [|]]; try discriminate.
    destruct (at_point P i) as [p|] eqn:Ep; [|discriminate]; apply at_point_in in Ep.
    destruct Sh as [Sw Sb]. pose proof (M p Ep) as Mp; rewrite (no_neurons f _ E), (dot_zero_l _ _ Sw), Sb in Mp.
    apply orb_prop in H as [H|H]; apply not_le in H; rewrite Q2R_0 in H; lra.
Qed.

Definition check_opposite (P : problem) (i j : Z) : bool :=
  match at_point P i, at_point P j with Some p, Some q => is_below p && is_above q | _, _ => false end.

Theorem check_opposite_sound P i j : check_opposite P i j = true ->
  forall d f, shaped d SkipNone f -> meets P f -> (2 <= neurons f)%nat.
Proof.
  unfold check_opposite; intros H d f (_ & _ & Sw & Sb) M.
  destruct (at_point P i) as [p|] eqn:Ep; [|discriminate]; destruct (at_point P j) as [q|] eqn:Eq; [|discriminate].
  apply andb_prop in H as [Hp Hq]; apply not_le in Hp, Hq; rewrite Q2R_0 in Hp, Hq.
  apply at_point_in in Ep, Eq. pose proof (M p Ep) as Mp; pose proof (M q Eq) as Mq.
  unfold neurons, eval in *; rewrite sum_alive, (dot_zero_l _ _ Sw), Sb in Mp; rewrite sum_alive, (dot_zero_l _ _ Sw), Sb in Mq.
  destruct (filter alive (hidden f)) as [|k [|]]; cbn [map sum length] in *; [lra| |lia]. exfalso.
  unfold fire in Mp, Mq.
  pose proof (relu_nonneg (dot (iw k) (map Q2R (px p)) + ib k)); pose proof (relu_nonneg (dot (iw k) (map Q2R (px q)) + ib k)).
  destruct (Rle_dec 0 (ow k)); nra.
Qed.

Definition check_empty (P : problem) (i : Z) : bool :=
  match at_point P i with Some p => negb (Qle_bool (plo p) (phi p)) | None => false end.

Theorem check_empty_sound P i : check_empty P i = true -> infeasible P.
Proof.
  unfold check_empty, infeasible; destruct (at_point P i) as [p|] eqn:E; [|discriminate].
  intros H g M; apply at_point_in in E; apply not_le in H; specialize (M p E); lra.
Qed.
