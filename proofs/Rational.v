(** The network of a certificate: FORMAT.md, "The network".
    [check_network]: the boolean function of the problem, a network in rationals and its size.
    [check_network_sound]: if it accepts, the network has the skip, meets the windows and has that size. *)
From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool.
From Sparsest Require Import Network Witness Decode.
Import ListNotations.
Open Scope R_scope.

Record qneuron := QNeuron { qw : list Q; qb : Q; qo : Q }.
Record qnetwork := QNetwork { qhidden : list qneuron; qsw : list Q; qsb : Q }.

(** The network that the rationals mean. *)
Definition real_neuron (k : qneuron) : neuron := Neuron (map Q2R (qw k)) (Q2R (qb k)) (Q2R (qo k)).
Definition real (f : qnetwork) : network := Network (map real_neuron (qhidden f)) (map Q2R (qsw f)) (Q2R (qsb f)).

(** ** The checker *)

Definition qplus (a b : Q) : Q := Qred (a + b).
Fixpoint qdot (a b : list Q) : Q :=
  match a, b with x :: a', y :: b' => qplus (x * y) (qdot a' b') | _, _ => 0%Q end.
Definition qrelu (z : Q) : Q := if Qle_bool 0 z then z else 0%Q.
Definition qfire (x : list Q) (k : qneuron) : Q := (qo k * qrelu (qplus (qdot (qw k) x) (qb k)))%Q.
Definition qeval (f : qnetwork) (x : list Q) : Q :=
  fold_right (fun k v => qplus (qfire x k) v) (qplus (qdot (qsw f) x) (qsb f)) (qhidden f).

Definition qdead (k : qneuron) : bool :=
  Qeq_bool (qo k) 0 || (forallb (fun w => Qeq_bool w 0) (qw k) && Qle_bool (qb k) 0).
Definition qneurons (f : qnetwork) : nat := length (filter (fun k => negb (qdead k)) (qhidden f)).
Definition qparameters (f : qnetwork) : nat :=
  list_sum (map (fun k => length (filter (fun w => negb (Qeq_bool w 0)) (qw k ++ [qb k])))
    (filter (fun k => negb (qdead k)) (qhidden f))).

Definition qshaped (d : nat) (s : skip) (f : qnetwork) : bool :=
  forallb (fun k => Nat.eqb (length (qw k)) d) (qhidden f) && Nat.eqb (length (qsw f)) d &&
  match s with
  | SkipAffine => true
  | SkipBias => forallb (fun w => Qeq_bool w 0) (qsw f)
  | SkipNone => forallb (fun w => Qeq_bool w 0) (qsw f) && Qeq_bool (qsb f) 0
  end.

Definition qmeets (P : problem) (f : qnetwork) : bool :=
  forallb (fun p => let y := qeval f (px p) in Qle_bool (plo p) y && Qle_bool y (phi p)) P.

Definition check_network (by_parameters : bool) (d : nat) (s : skip) (P : problem) (f : qnetwork)
  (bound : nat) : bool :=
  qshaped d s f && qmeets P f && Nat.eqb (if by_parameters then qparameters f else qneurons f) bound.

(** ** Soundness *)

Lemma Q2R_red q : Q2R (Qred q) = Q2R q. Proof. apply Qeq_eqR, Qred_correct. Qed.
Lemma Q2R_0 : Q2R 0 = 0. Proof. unfold Q2R; cbn; lra. Qed.
Lemma qplus_spec a b : Q2R (qplus a b) = Q2R a + Q2R b. Proof. unfold qplus; now rewrite Q2R_red, Q2R_plus. Qed.

Lemma qzero_spec q : Qeq_bool q 0 = true <-> Q2R q = 0.
Proof. rewrite Qeq_bool_iff, <- Q2R_0; split; [apply Qeq_eqR|apply eqR_Qeq]. Qed.

Lemma qle_spec a b : Qle_bool a b = true <-> Q2R a <= Q2R b.
Proof. rewrite Qle_bool_iff; split; [apply Qle_Rle|apply Rle_Qle]. Qed.

Lemma qdot_spec a : forall b, Q2R (qdot a b) = dot (map Q2R a) (map Q2R b).
Proof.
  induction a as [|x a IH]; intros [|y b]; cbn [qdot map dot]; try apply Q2R_0. now rewrite qplus_spec, Q2R_mult, IH.
Qed.

Lemma qrelu_spec z : Q2R (qrelu z) = relu (Q2R z).
Proof.
  unfold qrelu; destruct (Qle_bool 0 z) eqn:E.
  - apply qle_spec in E; rewrite Q2R_0 in E; now rewrite relu_pos.
  - rewrite relu_neg; [apply Q2R_0|]. apply Rnot_lt_le; intros H. assert (Qle_bool 0 z = true); [|congruence].
    apply qle_spec; rewrite Q2R_0; lra.
Qed.

Lemma qeval_spec f x : Q2R (qeval f x) = eval (real f) (map Q2R x).
Proof.
  unfold qeval, eval, real; cbn [hidden skw skb]; induction (qhidden f) as [|k l IH]; cbn [fold_right map sum].
  - rewrite qplus_spec, qdot_spec; lra.
  - rewrite qplus_spec, IH. unfold qfire, fire, real_neuron; cbn [iw ib ow].
    rewrite Q2R_mult, qrelu_spec, qplus_spec, qdot_spec; lra.
Qed.

Lemma qzeros_spec l : forallb (fun w => Qeq_bool w 0) l = true <-> Forall (eq 0) (map Q2R l).
Proof.
  rewrite forallb_forall, Forall_map, Forall_forall.
  split; intros H w I; specialize (H w I); [symmetry|symmetry in H]; now apply qzero_spec.
Qed.

Lemma qdead_spec k : negb (qdead k) = alive (real_neuron k).
Proof.
  assert (E : qdead k = true <-> dead (real_neuron k)).
  { unfold qdead, dead, real_neuron; cbn [iw ib ow].
    rewrite orb_true_iff, andb_true_iff, qzero_spec, qzeros_spec, qle_spec, Q2R_0; reflexivity. }
  unfold alive; destruct (dead_dec (real_neuron k)), (qdead k); cbn; try reflexivity; exfalso; intuition discriminate.
Qed.

Lemma filter_real l : filter alive (map real_neuron l) = map real_neuron (filter (fun k => negb (qdead k)) l).
Proof. induction l as [|k l IH]; cbn; [reflexivity|]. rewrite <- qdead_spec; destruct (qdead k); cbn; congruence. Qed.

Lemma nonzeros_real l : nonzeros (map Q2R l) = length (filter (fun w => negb (Qeq_bool w 0)) l).
Proof.
  unfold nonzeros; induction l as [|q l IH]; cbn; [reflexivity|].
  assert (nonzero (Q2R q) = negb (Qeq_bool q 0)) as ->; [|destruct (Qeq_bool q 0); cbn; congruence].
  unfold nonzero; pose proof (qzero_spec q); destruct (Req_EM_T (Q2R q) 0), (Qeq_bool q 0); cbn; try reflexivity;
    exfalso; intuition discriminate.
Qed.

Lemma neurons_real f : neurons (real f) = qneurons f.
Proof. unfold neurons, real, qneurons; cbn [hidden]; now rewrite filter_real, map_length. Qed.

Lemma parameters_real f : parameters (real f) = qparameters f.
Proof.
  unfold parameters, real, qparameters; cbn [hidden]; rewrite filter_real, map_map. f_equal; apply map_ext; intros k.
  rewrite <- nonzeros_real, map_app; reflexivity.
Qed.

Lemma qshaped_spec d s f : qshaped d s f = true -> shaped d s (real f).
Proof.
  unfold qshaped; intros Hs; apply andb_prop in Hs as [H Hs]; apply andb_prop in H as [Hl Hw].
  rewrite forallb_forall in Hl; apply Nat.eqb_eq in Hw. unfold shaped, real; cbn [hidden skw skb]. split; [|split].
  - apply Forall_map, Forall_forall; intros k I; cbn; rewrite map_length; now apply Nat.eqb_eq, Hl.
  - now rewrite map_length.
  - destruct s; [exact I|now apply qzeros_spec|].
    apply andb_prop in Hs as [Hz Hq]; split; [now apply qzeros_spec|now apply qzero_spec].
Qed.

Lemma qsize_spec (by_parameters : bool) f bound :
  Nat.eqb (if by_parameters then qparameters f else qneurons f) bound = true -> size by_parameters (real f) = bound.
Proof.
  intros Hb; apply Nat.eqb_eq in Hb; unfold size.
  destruct by_parameters; [rewrite parameters_real|rewrite neurons_real]; assumption.
Qed.

Theorem check_network_sound by_parameters d s P f bound : check_network by_parameters d s P f bound = true ->
  shaped d s (real f) /\ meets P (real f) /\ size by_parameters (real f) = bound.
Proof.
  unfold check_network; intros H; apply andb_prop in H as [H Hb]; apply andb_prop in H as [Hs Hm].
  split; [now apply qshaped_spec|split; [|now apply qsize_spec]].
  intros p I; unfold qmeets in Hm; rewrite forallb_forall in Hm; specialize (Hm p I).
  apply andb_prop in Hm as [Hl Hu].
  apply qle_spec in Hl, Hu; now rewrite qeval_spec in Hl, Hu.
Qed.
