(** Proof by exhaustive search: FORMAT.md, "From trees to the bound".
    [check_neurons], [check_parameters]: boolean functions of the problem (rationals), the skip, the trees and the bound.
    [check_neurons_sound], [check_parameters_sound]: if they accept, every network of that skip that meets the windows has
    at least that many neurons that are not dead, respectively nonzero weights and biases. *)
From Coq Require Import Reals ZArith QArith Qreals List Lra Lia Bool Permutation Sorted FMapPositive.
From Sparsest Require Import Network Witness Tree Vector.
Import ListNotations.
Open Scope R_scope.

(** ** Integer data: everything times one common denominator *)

Definition rationals (P : problem) : list Q := flat_map (fun p => plo p :: phi p :: px p) P.
Definition common (q : Q) (t : Z) : Z := (t / Z.gcd t (Zpos (Qden q)) * Zpos (Qden q))%Z.
Definition denominator (l : list Q) : Z := fold_right common 1%Z l.
Definition times (t : Z) (q : Q) : Z := (Qnum q * (t / Zpos (Qden q)))%Z.

Definition zrelu (v : Z) : Z := if Z.ltb 0 v then v else 0%Z.
Definition zratoms (s : skip) (t : Z) (x : list Z) : list Z :=
  map zrelu x ++ (match s with SkipAffine => [] | _ => map (fun v => zrelu (- v)) x end)
  ++ (match s with SkipNone => [t] | _ => [] end).
Definition zrskip (s : skip) (t : Z) (x : list Z) : list Z :=
  match s with SkipAffine => x ++ [t] | SkipBias => [t] | SkipNone => [] end.

Definition integer_point (s : skip) (t : Z) (with_atoms : bool) (p : point) : zpoint :=
  let x := map (times t) (px p) in
  ZPoint (x ++ [t]) (if with_atoms then zratoms s t x else []) (zrskip s t x) (times t (plo p)) (times t (phi p)).

Definition integer_points (s : skip) (with_atoms : bool) (P : problem) : PositiveMap.t zpoint :=
  let t := denominator (rationals P) in index (map (integer_point s t with_atoms) P).

(** ** The checker *)

(** The nodes are in preorder and are read one by one. *)
Record refutation := Refutation {
  plus : nat; minus : nat; budget : option nat; pivot : N; counting : bool; nodes : list (list Z);
  read : list Z -> option node }.

Definition is_affine (s : skip) : bool := match s with SkipAffine => true | _ => false end.
Definition has_budget (r : refutation) : bool := match budget r with Some _ => true | None => false end.

Definition signs_of (plus minus : nat) : list bool := repeat true plus ++ repeat false minus.

Lemma length_signs p m : length (signs_of p m) = (p + m)%nat.
Proof. unfold signs_of; now rewrite app_length, !repeat_length. Qed.

Definition start (d : nat) (s : skip) (r : refutation) : state :=
  State (PositiveMap.empty _) (repeat (repeat Open (S d)) (plus r + minus r))
    (if has_budget r then repeat Open (atoms_width s d) else []).

Definition check_refutation (d : nat) (s : skip) (points : PositiveMap.t zpoint) (r : refutation) : bool :=
  match PositiveMap.find (key (pivot r)) points with
  | None => false
  | Some q =>
    walk points (signs_of (plus r) (minus r)) (budget r) (zx q) (is_affine s) (counting r) (read r) (nodes r) [start d s r]
  end.

(** Every split of [bound] - 1 neurons is contained in the profile of a tree. *)
Definition check_neurons (d : nat) (s : skip) (P : problem) (trees : list refutation) (bound : nat) : bool :=
  let points := integer_points s false P in
  dimension d P &&
  forallb (fun r => negb (has_budget r) && check_refutation d s points r) trees &&
  forallb (fun p => existsb (fun r => Nat.leb p (plus r) && Nat.leb (bound - 1 - p) (minus r)) trees) (seq 0 bound).

(** Every profile that needs at most [bound] - 1 nonzeros has a tree of a budget of at least [bound] - 1. *)
Definition check_parameters (d : nat) (s : skip) (P : problem) (trees : list refutation) (bound : nat) : bool :=
  let points := integer_points s true P in
  dimension d P &&
  forallb (fun r => has_budget r && check_refutation d s points r) trees &&
  forallb (fun p => forallb (fun m => negb (Nat.leb (2 * (p + m)) (bound - 1)) ||
    existsb (fun r => Nat.eqb (plus r) p && Nat.eqb (minus r) m &&
                      match budget r with Some B => Nat.leb (bound - 1) B | None => false end) trees)
    (seq 0 bound)) (seq 0 bound).

(** ** Soundness *)

Lemma common_spec q t : (0 < t)%Z -> (0 < common q t)%Z /\ (Zpos (Qden q) | common q t)%Z /\ (t | common q t)%Z.
Proof.
  intros Ht; unfold common; set (n := Zpos (Qden q)); assert (Hn : (0 < n)%Z) by reflexivity.
  pose proof (Z.gcd_nonneg t n) as Hg; destruct (Z.gcd_divide_l t n) as [u Hu], (Z.gcd_divide_r t n) as [v Hv].
  set (g := Z.gcd t n) in *; clearbody g n.
  assert (g <> 0)%Z by (intros ->; lia). assert (0 < u)%Z by nia.
  replace (t / g)%Z with u by (rewrite Hu; symmetry; apply Z.div_mul; lia).
  split; [nia|split; [now exists u|]]. exists v; rewrite Hu; rewrite Hv; ring.
Qed.

Lemma denominator_spec l : (0 < denominator l)%Z /\ forall q, In q l -> (Zpos (Qden q) | denominator l)%Z.
Proof.
  induction l as [|q l [P D]]; cbn [denominator fold_right]; [split; [lia|intros q []]|]; fold (denominator l).
  destruct (common_spec q _ P) as (C & Cq & Cl). split; [assumption|].
  intros q' [->|I]; [assumption|]. etransitivity; [exact (D q' I)|assumption].
Qed.

Lemma times_spec t q : (Zpos (Qden q) | t)%Z -> IZR (times t q) = IZR t * Q2R q.
Proof.
  intros [k ->]; unfold times, Q2R. rewrite Z.div_mul, !mult_IZR by lia. field. apply not_0_IZR; lia.
Qed.

Lemma IZR_zrelu v : IZR (zrelu v) = relu (IZR v).
Proof.
  unfold zrelu; destruct (Z.ltb_spec 0 v) as [h|h].
  - rewrite relu_pos; [reflexivity|apply IZR_le; lia].
  - rewrite relu_neg; [reflexivity|apply IZR_le; lia].
Qed.

Section Scaled.

Variables (s : skip) (t : Z) (p : point).
Hypothesis t_positive : (0 < t)%Z.
Hypothesis t_divides : forall q, In q (plo p :: phi p :: px p) -> (Zpos (Qden q) | t)%Z.

Let x := map Q2R (px p).

Lemma T_nonneg : 0 <= IZR t. Proof. apply IZR_le; lia. Qed.

Lemma form_app a b : form (a ++ b) = form a ++ form b. Proof. apply map_app. Qed.
Lemma vscale_app T a b : vscale T (a ++ b) = vscale T a ++ vscale T b. Proof. apply map_app. Qed.
Lemma form_one : form [t] = vscale (IZR t) [1]. Proof. unfold form, vscale; cbn [map]; f_equal; lra. Qed.

Lemma form_inputs : form (map (times t) (px p)) = vscale (IZR t) x.
Proof.
  unfold form, vscale, x; rewrite !map_map; apply map_ext_in; intros q I; apply times_spec, t_divides; cbn; auto.
Qed.

Lemma form_relu : form (map zrelu (map (times t) (px p))) = vscale (IZR t) (map relu x).
Proof.
  unfold form, vscale, x; rewrite !map_map; apply map_ext_in; intros q I.
  rewrite IZR_zrelu, times_spec by (apply t_divides; cbn; auto). apply relu_scale, T_nonneg.
Qed.

Lemma form_relu_minus :
  form (map (fun v => zrelu (- v)) (map (times t) (px p))) = vscale (IZR t) (map (fun v => relu (- v)) x).
Proof.
  unfold form, vscale, x; rewrite !map_map; apply map_ext_in; intros q I.
  rewrite IZR_zrelu, opp_IZR, times_spec by (apply t_divides; cbn; auto).
  rewrite <- relu_scale by apply T_nonneg. f_equal; lra.
Qed.

Lemma form_atoms : form (zratoms s t (map (times t) (px p))) = vscale (IZR t) (ratoms s x).
Proof.
  unfold zratoms, ratoms; destruct s; rewrite !form_app, !vscale_app, ?form_relu, ?form_relu_minus, ?form_one; reflexivity.
Qed.

Lemma form_skip : form (zrskip s t (map (times t) (px p))) = vscale (IZR t) (rskip s x).
Proof. destruct s; cbn [zrskip rskip]; rewrite ?form_app, ?vscale_app, ?form_inputs, ?form_one; reflexivity. Qed.

Lemma rsum_scale X W : sum (map (fun w => relu (dot (vscale (IZR t) X) w)) W) = IZR t * rsum X W.
Proof.
  unfold rsum; induction W as [|w W IH]; cbn [map sum]; [lra|].
  rewrite IH, dot_scale_l, relu_scale by apply T_nonneg. lra.
Qed.

Lemma ssum_split g Wp : forall Wm, ssum (signs_of (length Wp) (length Wm)) (map g (Wp ++ Wm)) =
  sum (map (fun w : list R => relu (g w)) Wp) - sum (map (fun w => relu (g w)) Wm).
Proof.
  unfold signs_of; induction Wp as [|w Wp IH]; intros Wm; cbn [length repeat app map ssum sum].
  - induction Wm as [|w Wm IH]; cbn [length repeat app map ssum sum] in *; lra.
  - rewrite IH; lra.
Qed.

(** The integer point has [t] times the value of the network. *)
Lemma output_scaled with_atoms f d q Wp Wm c e : unit_form s d q f Wp Wm c e -> length (px p) = d ->
  (with_atoms = false -> c = []) ->
  output (signs_of (length Wp) (length Wm)) (Wp ++ Wm) c e (integer_point s t with_atoms p) = IZR t * eval f x.
Proof.
  intros U L C. assert (Lx : length x = d) by (unfold x; now rewrite map_length).
  rewrite (u_value _ _ _ _ _ _ _ _ U x Lx). unfold output, pre, integer_point; cbn [zx zatoms zskip].
  rewrite ssum_split, form_app, form_inputs, form_one, <- vscale_app, !rsum_scale, form_skip, dot_scale_l.
  unfold linear. destruct with_atoms.
  - rewrite form_atoms, dot_scale_l; lra.
  - rewrite (C eq_refl), (dot_comm (ratoms s x) []); cbn [form map dot]; lra.
Qed.

End Scaled.

Lemma sorted_ordered q Wp Wm : Sorted (falls (form q)) Wp -> Sorted (falls (form q)) Wm ->
  ordered q (signs_of (length Wp) (length Wm)) (Wp ++ Wm).
Proof.
  unfold signs_of; intros Sp Sm; induction Sp as [|w Wp Sp IH H]; cbn [length repeat app].
  - induction Sm as [|w Wm Sm IH H]; cbn [length repeat ordered]; [exact I|].
    destruct Wm as [|v Wm]; cbn [length repeat] in *; [exact I|]. inversion H; subst; auto.
  - destruct Wp as [|v Wp]; cbn [length repeat app ordered] in *.
    + destruct Wm as [|v Wm]; cbn [length repeat] in *; [exact I|]. split; [discriminate|exact IH].
    + inversion H; subst; auto.
Qed.

Lemma agrees_start d s r points Wp Wm c : length Wp = plus r -> length Wm = minus r ->
  Forall (fun w => length w = S d) (Wp ++ Wm) -> length c = (if has_budget r then atoms_width s d else 0%nat) ->
  agrees points (signs_of (plus r) (minus r)) (Wp ++ Wm) c (start d s r).
Proof.
  intros Lp Lm F Lc.
  assert (O : forall l : list R, Forall2 has (repeat Open (length l)) l) by (induction l; cbn; constructor; cbn; auto).
  split; [|split].
  - intros n p _; unfold decisions, start; cbn [acts]; rewrite PositiveMap.gempty.
    assert (L : length (signs_of (plus r) (minus r)) = length (pre (zx p) (Wp ++ Wm))).
    { unfold pre; now rewrite length_signs, map_length, app_length, Lp, Lm. }
    revert L; generalize (signs_of (plus r) (minus r)) as sg, (pre (zx p) (Wp ++ Wm)) as zs.
    induction sg as [|g sg IH]; intros [|z zs] L; cbn in *; try discriminate; constructor; cbn; auto.
  - cbn [start entries]. replace (plus r + minus r)%nat with (length (Wp ++ Wm)) by (rewrite app_length; lia).
    revert F; generalize (S d) as n; intros n F; clear - F O.
    induction F as [|w W Lw F IH]; cbn [length repeat]; [constructor|].
    constructor; [rewrite <- Lw; apply O|assumption].
  - cbn [start atoms]. destruct (has_budget r); [rewrite <- Lc; apply O|]. destruct c; [constructor|discriminate].
Qed.

(** A tree refutes the unit forms of its profile, for the order and orientation along its pivot. *)
Theorem refutation_sound d s P r b : dimension d P = true -> has_budget r = b ->
  check_refutation d s (integer_points s b P) r = true ->
  exists q, forall f Wp Wm c e, unit_form s d q f Wp Wm c e -> length Wp = plus r -> length Wm = minus r ->
    length c = (if b then atoms_width s d else 0%nat) ->
    within_budget (budget r) (Wp ++ Wm) c -> meets P f -> False.
Proof.
  intros D <- H; unfold check_refutation in H.
  destruct (PositiveMap.find (key (pivot r)) (integer_points s (has_budget r) P)) as [q|]; [|discriminate].
  exists (form (zx q)); intros f Wp Wm c e U Lp Lm Lc B M.
  apply walk_sound in H; inversion H as [|? ? R _]; subst; eapply R.
  - split; [|split; [|split; [|split]]].
    + rewrite length_signs, app_length, Lp, Lm; reflexivity.
    + intros n z Hz; apply index_in, in_map_iff in Hz as (p & <- & I).
      destruct (denominator_spec (rationals P)) as [Tp Td]; set (t := denominator (rationals P)) in *.
      assert (Tq : forall q, In q (plo p :: phi p :: px p) -> (Zpos (Qden q) | t)%Z).
      { intros q' I'; apply Td; unfold rationals; apply in_flat_map; eauto. }
      rewrite <- Lp, <- Lm, (output_scaled s t p Tp Tq _ f d _ _ _ _ _ U (dimension_spec d P p D I)).
      * cbn [integer_point zlo zhi]; rewrite !times_spec by (apply Tq; cbn; auto).
        pose proof (M p I); apply IZR_lt in Tp; split; apply Rmult_le_compat_l; lra.
      * intros Hb; rewrite Hb in Lc; now apply length_zero_iff_nil.
    + intros _; rewrite <- Lp, <- Lm; destruct (u_order _ _ _ _ _ _ _ _ U); now apply sorted_ordered.
    + intros A; apply (u_orientation _ _ _ _ _ _ _ _ U). now destruct s.
    + assumption.
  - apply agrees_start; try assumption. exact (u_width _ _ _ _ _ _ _ _ U).
Qed.

(** Accepted: every network of skip [s] that meets the windows has at least [bound] neurons that are not dead. *)
Theorem check_neurons_sound d s P trees bound : check_neurons d s P trees bound = true ->
  forall f, shaped d s f -> meets P f -> (bound <= neurons f)%nat.
Proof.
  unfold check_neurons; intros H f Sh M; apply andb_prop in H as [H Hs]; apply andb_prop in H as [D Ht].
  rewrite forallb_forall in Hs, Ht. apply Nat.nlt_ge; intros Small.
  destruct (neurons_unit_form d s f Sh) as (p & m & E & U).
  destruct (proj1 (existsb_exists _ _) (Hs p ltac:(apply in_seq; lia))) as (r & I & C).
  apply andb_prop in C as [Cp Cm]; apply Nat.leb_le in Cp, Cm.
  specialize (Ht r I); apply andb_prop in Ht as [Hb Ht]; apply negb_true_iff in Hb.
  destruct (refutation_sound d s P r false D Hb Ht) as (q & Ref).
  destruct (U q (plus r) (minus r)) as (Wp & Wm & e & Lp & Lm & V); [lia..|].
  apply (Ref f Wp Wm [] e V Lp Lm); [reflexivity| |assumption].
  unfold has_budget in Hb; unfold within_budget; now destruct (budget r).
Qed.

(** Accepted: every network of skip [s] that meets the windows has at least [bound] nonzero weights and biases. *)
Theorem check_parameters_sound d s P trees bound : check_parameters d s P trees bound = true ->
  forall f, shaped d s f -> meets P f -> (bound <= parameters f)%nat.
Proof.
  unfold check_parameters; intros H f Sh M; apply andb_prop in H as [H Hs]; apply andb_prop in H as [D Ht].
  rewrite forallb_forall in Hs, Ht. apply Nat.nlt_ge; intros Small.
  destruct (parameters_unit_form d s f Sh) as (p & m & E & U).
  specialize (Hs p ltac:(apply in_seq; lia)); rewrite forallb_forall in Hs; specialize (Hs m ltac:(apply in_seq; lia)).
  apply orb_prop in Hs as [Hs|Hs]; [apply negb_true_iff, Nat.leb_gt in Hs; lia|].
  apply existsb_exists in Hs as (r & I & C); apply andb_prop in C as [C CB]; apply andb_prop in C as [Cp Cm].
  apply Nat.eqb_eq in Cp, Cm. destruct (budget r) as [B|] eqn:EB; [|discriminate]; apply Nat.leb_le in CB.
  specialize (Ht r I); apply andb_prop in Ht as [Hb Ht].
  destruct (refutation_sound d s P r true D Hb Ht) as (q & Ref).
  destruct (U q) as (Wp & Wm & c & e & Lp & Lm & Lc & T & S & V).
  apply (Ref f Wp Wm c e V); try congruence; [|exact M].
  rewrite EB; split; [assumption|lia].
Qed.

(** The first theorem in other words. *)
Corollary no_network_of d s P trees K : check_neurons d s P trees (S K) = true ->
  forall f, shaped d s f -> (neurons f <= K)%nat -> ~ meets P f.
Proof. intros H f Sh N M; pose proof (check_neurons_sound _ _ _ _ _ H f Sh M); lia. Qed.
