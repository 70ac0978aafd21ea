(** Small facts about networks. *)
From Coq Require Import Reals QArith Qreals List Lra Lia Bool Permutation.
From Sparsest Require Export Statement.
Import ListNotations.
Open Scope R_scope.

Definition dimension (d : nat) (P : problem) : bool :=
  forallb (fun p => Nat.eqb (length (px p)) d) P.

Lemma dimension_spec d P p : dimension d P = true -> In p P -> length (px p) = d.
Proof. unfold dimension; rewrite forallb_forall; intros H I; now apply Nat.eqb_eq, H. Qed.

Lemma relu_ge z : z <= relu z. Proof. apply Rmax_r. Qed.
Lemma relu_nonneg z : 0 <= relu z. Proof. apply Rmax_l. Qed.
Lemma relu_pos z : 0 <= z -> relu z = z. Proof. apply Rmax_right. Qed.
Lemma relu_neg z : z <= 0 -> relu z = 0. Proof. apply Rmax_left. Qed.

Lemma relu_scale t z : 0 <= t -> relu (t * z) = t * relu z.
Proof.
  intros Ht; destruct (Rle_dec 0 z) as [h|h].
  - rewrite (relu_pos z h); apply relu_pos; now apply Rmult_le_pos.
  - assert (z <= 0) by lra. rewrite (relu_neg z) by assumption.
    rewrite Rmult_0_r; apply relu_neg. nra.
Qed.

Lemma relu_flip z : relu z = z + relu (- z).
Proof.
  destruct (Rle_dec 0 z) as [h|h].
  - rewrite (relu_pos z), (relu_neg (- z)); lra.
  - rewrite (relu_neg z), (relu_pos (- z)); lra.
Qed.

Lemma alive_spec k : alive k = true <-> ~ dead k.
Proof. unfold alive; destruct (dead_dec k); split; intros H; congruence || tauto. Qed.

Lemma dot_zero_l a b : Forall (eq 0) a -> dot a b = 0.
Proof.
  intros H; revert b; induction H as [|x a e _ IH]; intros [|y b]; cbn; try lra.
  rewrite <- e, IH; lra.
Qed.

Lemma dead_fire x k : dead k -> fire x k = 0.
Proof.
  unfold fire; intros [->|[Z H]]; [lra|].
  rewrite (dot_zero_l _ _ Z), (relu_neg (0 + ib k)); lra.
Qed.

Lemma sum_app a b : sum (a ++ b) = sum a + sum b.
Proof. induction a; cbn; lra. Qed.

Lemma sum_alive x l : sum (map (fire x) l) = sum (map (fire x) (filter alive l)).
Proof.
  induction l as [|k l IH]; cbn; [reflexivity|].
  unfold alive at 1; destruct (dead_dec k) as [h|h]; cbn; rewrite IH; [rewrite (dead_fire x k h)|]; lra.
Qed.

Lemma sum_perm a b : Permutation a b -> sum a = sum b.
Proof. induction 1; cbn; lra. Qed.

Lemma Forall2_len {A B} (P : A -> B -> Prop) l m : Forall2 P l m -> length l = length m.
Proof. induction 1; cbn; congruence. Qed.

Lemma list_sum_perm a b : Permutation a b -> list_sum a = list_sum b.
Proof. induction 1; unfold list_sum in *; cbn in *; lia. Qed.
