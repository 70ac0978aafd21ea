(** Proof by witnesses, one input: FORMAT.md, "Proof by witnesses".
    [check_witnesses]: the boolean function of the problem (rationals) and the witnesses.
    [check_witnesses_sound]: if it accepts, every network that meets the windows, whatever its skip, has at least as many
    neurons that are not dead as there are witnesses. *)
From Coq Require Import Reals QArith Qreals List Lra Lia Bool FMapPositive.
From Sparsest Require Import Network.
Import ListNotations.
Open Scope R_scope.

(** * The theorem over the reals *)

(** The second difference of [g] at a, b, c: zero for affine functions, nonnegative for convex ones. *)
Definition bend (g : R -> R) (a b c : R) : R := (c - b) * g a - (c - a) * g b + (b - a) * g c.

(** The pre-activation of [k] changes sign strictly between [a] and [c]: its breakpoint lies inside. *)
Definition inside (w b xa xc : R) : Prop := (w * xa + b) * (w * xc + b) < 0.

Lemma bend_relu_nonneg w b0 a b c : a < b < c -> 0 <= bend (fun x => relu (w * x + b0)) a b c.
Proof.
  intros [Hab Hbc]; unfold bend.
  pose proof (relu_ge (w * a + b0)) as Ga; pose proof (relu_nonneg (w * a + b0)) as Na.
  pose proof (relu_ge (w * c + b0)) as Gc; pose proof (relu_nonneg (w * c + b0)) as Nc.
  destruct (Rle_dec 0 (w * b + b0)) as [h|h].
  - rewrite (relu_pos (w * b + b0)) by assumption.
    assert (0 <= (c - b) * (relu (w * a + b0) - (w * a + b0))) by (apply Rmult_le_pos; lra).
    assert (0 <= (b - a) * (relu (w * c + b0) - (w * c + b0))) by (apply Rmult_le_pos; lra).
    lra.
  - rewrite (relu_neg (w * b + b0)) by lra.
    assert (0 <= (c - b) * relu (w * a + b0)) by (apply Rmult_le_pos; lra).
    assert (0 <= (b - a) * relu (w * c + b0)) by (apply Rmult_le_pos; lra).
    lra.
Qed.

Lemma between w b0 a b c : a < b < c ->
  (c - a) * (w * b + b0) = (c - b) * (w * a + b0) + (b - a) * (w * c + b0).
Proof. intros; ring. Qed.

Lemma bend_relu_zero w b0 a b c : a < b < c -> ~ inside w b0 a c ->
  bend (fun x => relu (w * x + b0)) a b c = 0.
Proof.
  unfold inside, bend; intros H N; pose proof (between w b0 a b c H) as E.
  set (za := w * a + b0) in *; set (zb := w * b + b0) in *; set (zc := w * c + b0) in *.
  assert (C : (0 <= za /\ 0 <= zc) \/ (za <= 0 /\ zc <= 0)).
  { destruct (Rle_dec 0 za), (Rle_dec 0 zc); try (left; lra); try (right; lra);
      assert (za = 0 \/ za <> 0) as [?|?] by (destruct (Req_dec za 0); tauto);
      assert (zc = 0 \/ zc <> 0) as [?|?] by (destruct (Req_dec zc 0); tauto); try (left; lra); try (right; lra);
      exfalso; apply N; nra. }
  destruct C as [[A C]|[A C]].
  - assert (0 <= zb) by nra.
    rewrite !relu_pos by assumption. unfold za, zb, zc; ring.
  - assert (zb <= 0) by nra.
    rewrite !relu_neg by assumption. ring.
Qed.

(** One breakpoint does not lie in two disjoint intervals. *)
Lemma inside_once w b0 a c a' c' : a < c -> c <= a' -> a' < c' ->
  inside w b0 a c -> inside w b0 a' c' -> False.
Proof.
  unfold inside; intros H1 H2 H3 I I'.
  assert (w * c + b0 <> 0) by (intros E; rewrite E, Rmult_0_r in I; lra).
  destruct (Rle_dec 0 (w * c + b0)).
  - assert (w * a + b0 < 0) by nra. assert (0 < w) by nra.
    assert (0 < w * a' + b0) by nra. assert (0 < w * c' + b0) by nra. nra.
  - assert (0 < w * a + b0) by nra. assert (w < 0) by nra.
    assert (w * a' + b0 < 0) by nra. assert (w * c' + b0 < 0) by nra. nra.
Qed.

Definition weight1 (k : neuron) : R := hd 0 (iw k).

Lemma pre1 k x : length (iw k) = 1%nat -> dot (iw k) [x] + ib k = weight1 k * x + ib k.
Proof. unfold weight1; destruct (iw k) as [|w [|]]; cbn; intros; try discriminate; lra. Qed.

Lemma bend_fire k a b c : length (iw k) = 1%nat ->
  bend (fun x => fire [x] k) a b c = ow k * bend (fun x => relu (weight1 k * x + ib k)) a b c.
Proof. intros L; unfold bend, fire; rewrite !pre1 by assumption; ring. Qed.

Lemma bend_sum l a b c :
  bend (fun x => sum (map (fire [x]) l)) a b c = sum (map (fun k => bend (fun x => fire [x] k) a b c) l).
Proof. induction l as [|k l IH]; cbn; [unfold bend; ring|]. rewrite <- IH; unfold bend; ring. Qed.

Lemma bend_eval f a b c : length (skw f) = 1%nat ->
  bend (fun x => eval f [x]) a b c = sum (map (fun k => bend (fun x => fire [x] k) a b c) (filter alive (hidden f))).
Proof.
  intros L; rewrite <- bend_sum; unfold bend, eval; rewrite !(sum_alive _ (hidden f)).
  destruct (skw f) as [|w [|]]; cbn in *; try discriminate; ring.
Qed.

(** A sign and the three inputs of a witness; [true] is +. *)
Record witness := Witness { wpos : bool; wa : R; wb : R; wc : R }.

Definition forces (f : network) (t : witness) : Prop :=
  wa t < wb t < wc t /\
  if wpos t then 0 < bend (fun x => eval f [x]) (wa t) (wb t) (wc t)
  else bend (fun x => eval f [x]) (wa t) (wb t) (wc t) < 0.

(** The knot of neuron [k] answers witness [t]. *)
Definition answers (t : witness) (k : neuron) : Prop :=
  inside (weight1 k) (ib k) (wa t) (wc t) /\ if wpos t then 0 < ow k else ow k < 0.

Lemma sum_pos_exists {A} (g : A -> R) l : 0 < sum (map g l) -> exists k, In k l /\ 0 < g k.
Proof.
  induction l as [|k l IH]; cbn; [lra|]; intros H.
  destruct (Rlt_dec 0 (g k)); [exists k; auto|].
  destruct IH as [k' [I G]]; [lra|]; exists k'; auto.
Qed.

Lemma sum_neg_exists {A} (g : A -> R) l : sum (map g l) < 0 -> exists k, In k l /\ g k < 0.
Proof.
  induction l as [|k l IH]; cbn; [lra|]; intros H.
  destruct (Rlt_dec (g k) 0); [exists k; auto|].
  destruct IH as [k' [I G]]; [lra|]; exists k'; auto.
Qed.

Lemma classic_inside w b a c : inside w b a c \/ ~ inside w b a c.
Proof. unfold inside; destruct (Rlt_dec ((w * a + b) * (w * c + b)) 0); auto. Qed.

Lemma forces_answer s f t : shaped 1 s f -> forces f t ->
  exists k, In k (filter alive (hidden f)) /\ answers t k.
Proof.
  intros [Lk [Ls _]] [O B].
  assert (W : forall k, In k (filter alive (hidden f)) -> length (iw k) = 1%nat).
  { intros k I; apply filter_In in I; rewrite Forall_forall in Lk; now apply Lk. }
  rewrite bend_eval in B by assumption. unfold answers.
  destruct (wpos t).
  - apply sum_pos_exists in B as [k [I B]]; exists k; split; [assumption|].
    rewrite bend_fire in B by auto.
    pose proof (bend_relu_nonneg (weight1 k) (ib k) _ _ _ O).
    destruct (classic_inside (weight1 k) (ib k) (wa t) (wc t)) as [h|h].
    + split; [assumption|]; nra.
    + rewrite (bend_relu_zero _ _ _ _ _ O h) in B; lra.
  - apply sum_neg_exists in B as [k [I B]]; exists k; split; [assumption|].
    rewrite bend_fire in B by auto.
    pose proof (bend_relu_nonneg (weight1 k) (ib k) _ _ _ O).
    destruct (classic_inside (weight1 k) (ib k) (wa t) (wc t)) as [h|h].
    + split; [assumption|]; nra.
    + rewrite (bend_relu_zero _ _ _ _ _ O h) in B; lra.
Qed.

(** If every [a] has an answer and no two different [a] share one, there are at least as many answers. *)
Lemma pigeonhole {A B} (R : A -> B -> Prop) (l : list A) : forall m : list B,
  (forall a, In a l -> exists b, In b m /\ R a b) ->
  ForallOrdPairs (fun a a' => forall b, R a b -> R a' b -> False) l ->
  (length l <= length m)%nat.
Proof.
  induction l as [|a l IH]; intros m E D; cbn; [lia|].
  destruct (E a (or_introl eq_refl)) as [b [I Rb]].
  apply in_split in I as [m1 [m2 ->]].
  inversion D as [|? ? Da Dl]; subst. rewrite Forall_forall in Da.
  assert (length l <= length (m1 ++ m2))%nat.
  { apply IH; [|assumption]. intros a' I'; destruct (E a' (or_intror I')) as [b' [Ib' Rb']].
    exists b'; split; [|assumption].
    apply in_app_or in Ib' as [?|[->|?]]; [apply in_or_app; now left| |apply in_or_app; now right].
    exfalso; exact (Da a' I' b' Rb Rb'). }
  rewrite app_length in *; cbn; lia.
Qed.

(** Witnesses of one sign have disjoint intervals, in the order listed. *)
Definition separated (ts : list witness) : Prop :=
  ForallOrdPairs (fun t t' => wpos t = wpos t' -> wc t <= wa t') ts.

(** The theorem, for every skip: witnesses that force a bend bound the neurons that are not dead. *)
Theorem witnesses_bound_neurons s f ts :
  shaped 1 s f -> Forall (forces f) ts -> separated ts -> (length ts <= neurons f)%nat.
Proof.
  intros Sh F S; unfold neurons; rewrite Forall_forall in F.
  apply (pigeonhole answers).
  - intros t I; eapply forces_answer; eauto.
  - unfold separated in S; revert F; induction S as [|t ts Ht _ IH]; intros F; constructor.
    + rewrite Forall_forall in *; intros t' I k [A W] [A' W'].
      destruct (F t (or_introl eq_refl)) as [O _]; destruct (F t' (or_intror I)) as [O' _].
      specialize (Ht t' I).
      destruct (wpos t), (wpos t'); try lra;
        (apply (inside_once (weight1 k) (ib k) (wa t) (wc t) (wa t') (wc t')); [lra|now apply Ht|lra|assumption|assumption]).
    + apply IH; intros; apply F; now right.
Qed.

(** The windows force the bend: a positive witness touches lower, upper, lower. *)
Lemma windows_force_up g xa xb xc la ub lc : xa < xb < xc -> la <= g xa -> g xb <= ub -> lc <= g xc ->
  (ub - la) * (xc - xa) < (xb - xa) * (lc - la) -> 0 < bend g xa xb xc.
Proof.
  unfold bend; intros O A B C H.
  assert (0 <= (xc - xb) * (g xa - la)) by (apply Rmult_le_pos; lra).
  assert (0 <= (xc - xa) * (ub - g xb)) by (apply Rmult_le_pos; lra).
  assert (0 <= (xb - xa) * (g xc - lc)) by (apply Rmult_le_pos; lra).
  nra.
Qed.

Lemma windows_force_down g xa xb xc ua lb uc : xa < xb < xc -> g xa <= ua -> lb <= g xb -> g xc <= uc ->
  (xb - xa) * (uc - ua) < (lb - ua) * (xc - xa) -> bend g xa xb xc < 0.
Proof.
  intros O A B C H.
  assert (0 < bend (fun x => - g x) xa xb xc); [|unfold bend in *; nra].
  apply (windows_force_up (fun x => - g x) xa xb xc (- ua) (- lb) (- uc)); try lra; nra.
Qed.

(** Windows that are kept strictly force it already when the line meets the third end. *)
Lemma strict_windows_force_up g xa xb xc la ub lc : xa < xb < xc -> la < g xa -> g xb < ub -> lc < g xc ->
  (ub - la) * (xc - xa) <= (xb - xa) * (lc - la) -> 0 < bend g xa xb xc.
Proof.
  unfold bend; intros O A B C H.
  assert (0 < (xc - xb) * (g xa - la)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (xc - xa) * (ub - g xb)) by (apply Rmult_lt_0_compat; lra).
  assert (0 < (xb - xa) * (g xc - lc)) by (apply Rmult_lt_0_compat; lra).
  nra.
Qed.

Lemma strict_windows_force_down g xa xb xc ua lb uc : xa < xb < xc -> g xa < ua -> lb < g xb -> g xc < uc ->
  (xb - xa) * (uc - ua) <= (lb - ua) * (xc - xa) -> bend g xa xb xc < 0.
Proof.
  intros O A B C H.
  assert (0 < bend (fun x => - g x) xa xb xc); [|unfold bend in *; nra].
  apply (strict_windows_force_up (fun x => - g x) xa xb xc (- ua) (- lb) (- uc)); try lra; nra.
Qed.

(** * The checker *)

Definition key (n : N) : positive := N.succ_pos n.

(** The points by number, from 0. *)
Fixpoint index_onto {A} (m : PositiveMap.t A) (n : positive) (l : list A) : PositiveMap.t A :=
  match l with
  | [] => m
  | a :: l' => index_onto (PositiveMap.add n a m) (Pos.succ n) l'
  end.
Definition index {A} (l : list A) : PositiveMap.t A := index_onto (PositiveMap.empty A) xH l.

Lemma index_onto_in {A} (l : list A) : forall m k n a,
  PositiveMap.find n (index_onto m k l) = Some a -> PositiveMap.find n m = Some a \/ In a l.
Proof.
  induction l as [|b l IH]; cbn; intros m k n a H; [now left|].
  apply IH in H as [H|H]; [|auto]. destruct (Pos.eq_dec n k) as [->|ne].
  - rewrite PositiveMap.gss in H; injection H as ->; auto.
  - rewrite PositiveMap.gso in H by assumption; auto.
Qed.

Lemma index_in {A} (l : list A) n a : PositiveMap.find n (index l) = Some a -> In a l.
Proof. intros H; apply index_onto_in in H as [H|H]; [now rewrite PositiveMap.gempty in H|assumption]. Qed.

(** [wsign, a, b, c] as in the certificate. *)
Record entry := Entry { esign : bool; ea : N; eb : N; ec : N }.

Definition x1 (p : point) : Q := hd 0%Q (px p).
Definition Qltb (a b : Q) : bool := negb (Qle_bool b a).

(** [free] are the inputs from which the next + and the next - witness may begin; None: from anywhere. *)
Definition from_ok (free : option Q) (x : Q) : bool :=
  match free with None => true | Some q => Qle_bool q x end.

(** With [touch] the line through two ends may meet the third. *)
Definition beyond (touch : bool) (a b : Q) : bool := if touch then Qle_bool a b else Qltb a b.

Fixpoint check_entries (touch : bool) (points : PositiveMap.t point) (above below : option Q) (l : list entry) : bool :=
  match l with
  | [] => true
  | e :: l' =>
    match PositiveMap.find (key (ea e)) points, PositiveMap.find (key (eb e)) points,
          PositiveMap.find (key (ec e)) points with
    | Some a, Some b, Some c =>
      Qltb (x1 a) (x1 b) && Qltb (x1 b) (x1 c) &&
      if esign e then
        from_ok above (x1 a) &&
        beyond touch ((phi b - plo a) * (x1 c - x1 a)) ((x1 b - x1 a) * (plo c - plo a)) &&
        check_entries touch points (Some (x1 c)) below l'
      else
        from_ok below (x1 a) &&
        beyond touch ((x1 b - x1 a) * (phi c - phi a)) ((plo b - phi a) * (x1 c - x1 a)) &&
        check_entries touch points above (Some (x1 c)) l'
    | _, _, _ => false
    end
  end.

Definition check_witnesses (P : problem) (l : list entry) : bool :=
  dimension 1 P && check_entries false (index P) None None l.

(** * Soundness *)

Lemma Qltb_spec a b : Qltb a b = true -> Q2R a < Q2R b.
Proof.
  unfold Qltb; rewrite negb_true_iff; intros H; apply Qlt_Rlt; apply Qnot_le_lt; intros L.
  apply Qle_bool_iff in L; congruence.
Qed.

Lemma Qleb_spec a b : Qle_bool a b = true -> Q2R a <= Q2R b.
Proof. intros H; apply Qle_Rle; now apply Qle_bool_iff. Qed.

Lemma input1 p : length (px p) = 1%nat -> map Q2R (px p) = [Q2R (x1 p)].
Proof. unfold x1; destruct (px p) as [|x [|]]; cbn; intros; congruence. Qed.

Definition starts (above below : option Q) (t : witness) : Prop :=
  match (if wpos t then above else below) with None => True | Some q => Q2R q <= wa t end.

(** [f] keeps the window of [p]; strictly, when lines may touch. *)
Definition kept (touch : bool) (f : network) (p : point) : Prop := length (px p) = 1%nat /\
  let y := eval f [Q2R (x1 p)] in
  if touch then Q2R (plo p) < y < Q2R (phi p) else Q2R (plo p) <= y <= Q2R (phi p).

Lemma check_entries_sound touch points f : (forall n p, PositiveMap.find n points = Some p -> kept touch f p) ->
  forall l above below, check_entries touch points above below l = true ->
  exists ts, length ts = length l /\ Forall (forces f) ts /\ separated ts /\ Forall (starts above below) ts.
Proof.
  intros M; induction l as [|e l IH]; cbn [check_entries]; intros above below H.
  { exists []; repeat split; constructor. }
  destruct (PositiveMap.find (key (ea e)) points) as [a|] eqn:Ea; [|discriminate].
  destruct (PositiveMap.find (key (eb e)) points) as [b|] eqn:Eb; [|discriminate].
  destruct (PositiveMap.find (key (ec e)) points) as [c|] eqn:Ec; [|discriminate].
  apply M in Ea as [_ Ma], Eb as [_ Mb], Ec as [_ Mc].
  apply andb_prop in H as [H0 H]; apply andb_prop in H0 as [H1 H2].
  apply Qltb_spec in H1, H2.
  set (t := Witness (esign e) (Q2R (x1 a)) (Q2R (x1 b)) (Q2R (x1 c))).
  assert (F : forces f t /\ starts above below t /\ exists ts, length ts = length l /\ Forall (forces f) ts /\
     separated ts /\ Forall (starts above below) ts /\ Forall (fun t' => wpos t = wpos t' -> wc t <= wa t') ts).
  { unfold forces, starts, t; cbn.
    destruct (esign e); apply andb_prop in H as [H Hl]; apply andb_prop in H as [Hf Hi];
      apply IH in Hl as (ts & L & F & S & G).
    - split; [|split].
      + split; [lra|]. destruct touch; cbn in Hi, Ma, Mb, Mc;
          [apply Qleb_spec in Hi|apply Qltb_spec in Hi]; rewrite !Q2R_mult, !Q2R_minus in Hi.
        * eapply (strict_windows_force_up (fun x => eval f [x]));
            [split; eassumption|apply Ma|apply Mb|apply Mc|lra].
        * eapply (windows_force_up (fun x => eval f [x])); [split; eassumption|apply Ma|apply Mb|apply Mc|lra].
      + unfold from_ok in Hf; destruct above; [now apply Qleb_spec|exact I].
      + exists ts; repeat split; try assumption; rewrite Forall_forall in *; intros t' I; specialize (G t' I);
          unfold starts in *; destruct (wpos t'); try congruence; try assumption.
        destruct above as [q|]; [|exact Logic.I]. unfold from_ok in Hf; apply Qleb_spec in Hf; lra.
    - split; [|split].
      + split; [lra|]. destruct touch; cbn in Hi, Ma, Mb, Mc;
          [apply Qleb_spec in Hi|apply Qltb_spec in Hi]; rewrite !Q2R_mult, !Q2R_minus in Hi.
        * eapply (strict_windows_force_down (fun x => eval f [x]));
            [split; eassumption|apply Ma|apply Mb|apply Mc|lra].
        * eapply (windows_force_down (fun x => eval f [x])); [split; eassumption|apply Ma|apply Mb|apply Mc|lra].
      + unfold from_ok in Hf; destruct below; [now apply Qleb_spec|exact I].
      + exists ts; repeat split; try assumption; rewrite Forall_forall in *; intros t' I; specialize (G t' I);
          unfold starts in *; destruct (wpos t'); try congruence; try assumption.
        destruct below as [q|]; [|exact Logic.I]. unfold from_ok in Hf; apply Qleb_spec in Hf; lra. }
  destruct F as (Ft & St & ts & L & F & S & G & O).
  exists (t :: ts); cbn; repeat split; try (constructor; assumption). now rewrite L.
Qed.

Theorem check_entries_bound touch points s f l : shaped 1 s f ->
  (forall n p, PositiveMap.find n points = Some p -> kept touch f p) ->
  check_entries touch points None None l = true -> (length l <= neurons f)%nat.
Proof.
  intros Sh M H; destruct (check_entries_sound touch points f M l None None H) as (ts & L & F & S & _).
  rewrite <- L; eapply witnesses_bound_neurons; eauto.
Qed.

Lemma meets_kept P f : dimension 1 P = true -> meets P f -> forall p, In p P -> kept false f p.
Proof.
  intros D M p I; pose proof (dimension_spec 1 P p D I) as L; split; [assumption|].
  rewrite <- input1 by assumption. exact (M p I).
Qed.

(** Accepted: every network that meets the windows, whatever its skip, has at least as many neurons as witnesses. *)
Theorem check_witnesses_sound P l : check_witnesses P l = true ->
  forall s f, shaped 1 s f -> meets P f -> (length l <= neurons f)%nat.
Proof.
  unfold check_witnesses; intros H s f Sh M; apply andb_prop in H as [D H].
  eapply check_entries_bound; [exact Sh| |exact H].
  intros n p E; apply index_in in E. now apply (meets_kept P).
Qed.
