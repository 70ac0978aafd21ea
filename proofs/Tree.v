(** Proof by exhaustive search, one tree on integer data: FORMAT.md, "Rules of a tree", and counting (MATH.md, section 10).
    Every branching is exhaustive, every leaf is a Farkas contradiction.
    [walk]: the boolean function, which reads nodes in preorder. [walk_sound]: no weights meet the windows and agree with a
    state from which it accepts a tree. *)
From Coq Require Import Reals ZArith List Lra Lia Bool Permutation FMapPositive.
From Sparsest Require Import Network.
Import ListNotations.
Open Scope R_scope.

(** A point times a common denominator: (x, 1), the atoms, the features of the skip, the window. *)
Record zpoint := ZPoint { zx : list Z; zatoms : list Z; zskip : list Z; zlo : Z; zhi : Z }.

Inductive decision := NonNegative | Positive | Negative | NonPositive.
Inductive coordinate := Open | Zero | Nonzero.

Definition holds (d : option decision) (z : R) : Prop :=
  match d with
  | None => True
  | Some NonNegative => 0 <= z
  | Some Positive => 0 < z
  | Some Negative => z < 0
  | Some NonPositive => z <= 0
  end.

Definition has (d : coordinate) (u : R) : Prop :=
  match d with Open => True | Zero => u = 0 | Nonzero => u <> 0 end.

Inductive row :=
  | RDecided (k : nat) (n : positive)
  | ROrder (k : nat)
  | ROrient (k : nat)
  | RFit (n : positive) (upper : bool) (chosen : list bool).

(** The opposite of a decision. *)
Definition other (d : decision) : decision :=
  match d with NonNegative => Negative | Negative => NonNegative | Positive => NonPositive | NonPositive => Positive end.
Definition other_coordinate (d : coordinate) : coordinate :=
  match d with Open => Open | Zero => Nonzero | Nonzero => Zero end.

(** [Activation whole k n d]: neuron k is on side d at point n | on the other side. With [whole] (counting): all neurons
    of the class of k are on side d | k is on the other side. [Weight] is the same for entry i of the weights of k. *)
Inductive node :=
  | Leaf (rows : list (row * Z))
  | Over
  | Activation (whole : bool) (k : nat) (n : positive) (d : decision)
  | Weight (whole : bool) (k i : nat) (d : coordinate)
  | Atom (a : nat).

Fixpoint update {A} (k : nat) (v : A) (l : list A) : list A :=
  match l, k with
  | [], _ => []
  | _ :: l', O => v :: l'
  | a :: l', S k' => a :: update k' v l'
  end.

(** ** Linear forms *)

Definition form := map IZR.

Fixpoint add_scaled (y : Z) (a s : list Z) : list Z :=
  match a, s with
  | [], _ => s
  | x :: a', [] => (y * x)%Z :: add_scaled y a' []
  | x :: a', z :: s' => (z + y * x)%Z :: add_scaled y a' s'
  end.

Fixpoint add_blocks (y : Z) (cf : list Z) (x : list Z) (blocks : list (list Z)) : list (list Z) :=
  match cf with
  | [] => blocks
  | c :: cf' =>
    let '(b, bs) := match blocks with [] => ([], []) | b :: bs => (b, bs) end in
    (if Z.eqb c 0 then b else add_scaled (y * c) x b) :: add_blocks y cf' x bs
  end.

Fixpoint bdot (blocks : list (list Z)) (W : list (list R)) : R :=
  match blocks, W with
  | b :: blocks', w :: W' => dot (form b) w + bdot blocks' W'
  | _, _ => 0
  end.

Definition pre (x : list Z) (W : list (list R)) : list R := map (dot (form x)) W.

Fixpoint cancels (s : list Z) (closed : list bool) : bool :=
  match s with
  | [] => true
  | z :: s' => (Z.eqb z 0 || hd false closed) && cancels s' (tl closed)
  end.

Fixpoint cancels_all (blocks : list (list Z)) (closed : list (list bool)) : bool :=
  match blocks with
  | [] => true
  | b :: bs => cancels b (hd [] closed) && cancels_all bs (tl closed)
  end.

Lemma dot_add_scaled y a : forall s u,
  dot (form (add_scaled y a s)) u = dot (form s) u + IZR y * dot (form a) u.
Proof.
  unfold form; induction a as [|x a IH]; intros s u; cbn [dot map add_scaled]; [lra|].
  destruct s as [|z s]; destruct u as [|v u]; cbn [dot map add_scaled]; try lra;
    rewrite IH; rewrite ?plus_IZR, mult_IZR; cbn [dot map]; lra.
Qed.

Lemma bdot_add_blocks y x cf : forall blocks W,
  bdot (add_blocks y cf x blocks) W = bdot blocks W + IZR y * dot (form cf) (pre x W).
Proof.
  unfold form, pre; induction cf as [|c cf IH]; intros blocks W; cbn [dot map add_blocks]; [lra|].
  destruct blocks as [|b bs]; destruct W as [|w W]; cbn [bdot dot map]; try lra; rewrite IH;
    (destruct (Z.eqb_spec c 0) as [->|];
     [|change (map IZR) with form; rewrite dot_add_scaled, mult_IZR]; unfold form; cbn [bdot dot map]; lra).
Qed.

(** A coordinate marked closed is zero. *)
Definition shut (c : bool) (u : R) : Prop := c = true -> u = 0.

Lemma cancels_spec s : forall closed u, cancels s closed = true -> Forall2 shut closed u -> dot (form s) u = 0.
Proof.
  unfold form; induction s as [|z s IH]; intros closed u H F; cbn; [reflexivity|].
  cbn in H; apply andb_prop in H as [H1 H2].
  destruct F as [|c v closed u Fc F]; [reflexivity|]; cbn in *.
  rewrite (IH _ _ H2 F).
  apply orb_prop in H1 as [H1|H1]; [apply Z.eqb_eq in H1; subst; lra|rewrite (Fc H1); lra].
Qed.

Lemma cancels_all_spec blocks : forall closed W, cancels_all blocks closed = true ->
  Forall2 (Forall2 shut) closed W -> bdot blocks W = 0.
Proof.
  induction blocks as [|b bs IH]; intros closed W H F; cbn; [reflexivity|].
  cbn in H; apply andb_prop in H as [H1 H2].
  destruct F as [|c w closed W Fc F]; [reflexivity|]; cbn in *.
  rewrite (IH _ _ H2 F), (cancels_spec _ _ _ H1 Fc); lra.
Qed.

(** ** The checker *)

(** sum of +-(z)+ *)
Fixpoint ssum (sg : list bool) (zs : list R) : R :=
  match sg, zs with
  | g :: sg', z :: zs' => (if g then relu z else - relu z) + ssum sg' zs'
  | _, _ => 0
  end.

Definition count_nonzero (l : list coordinate) : nat :=
  length (filter (fun d => match d with Nonzero => true | _ => false end) l).
Definition count_live (l : list coordinate) : nat :=
  length (filter (fun d => match d with Zero => false | _ => true end) l).

Lemma coordinate_dec (a b : coordinate) : {a = b} + {a <> b}. Proof. decide equality. Defined.
Lemma decided_dec (a b : option decision) : {a = b} + {a <> b}. Proof. decide equality; decide equality. Defined.

Record state := State {
  acts : PositiveMap.t (list (option decision));
  entries : list (list coordinate);
  atoms : list coordinate }.

Record sums := Sums { sblocks : list (list Z); satoms : list Z; sskip : list Z; sright : Z; sstrict : bool }.

Section Checker.

Variable points : PositiveMap.t zpoint.
Variable signs : list bool.          (* output sign of every neuron; true is + *)
Variable budget : option nat.
Variable pivot : list Z.             (* (x, 1) of the pivot point *)
Variable affine : bool.              (* the skip is affine *)
Variable counting : bool.            (* symmetry by counting, instead of order rows *)

Definition decisions (st : state) (n : positive) : list (option decision) :=
  match PositiveMap.find n (acts st) with Some l => l | None => map (fun _ => None) signs end.

Definition decide (st : state) (k : nat) (n : positive) (d : decision) : state :=
  State (PositiveMap.add n (update k (Some d) (decisions st n)) (acts st)) (entries st) (atoms st).

Definition decide_entry (st : state) (k i : nat) (d : coordinate) : state :=
  State (acts st) (update k (update i d (nth k (entries st) [])) (entries st)) (atoms st).

Definition decide_atom (st : state) (a : nat) (d : coordinate) : state :=
  State (acts st) (entries st) (update a d (atoms st)).

(** The class of [k]: neurons of the same sign and with the same decisions so far. *)
Definition same_at {A} (eq_dec : forall a b : A, {a = b} + {a <> b}) (k j : nat) (l : list A) : bool :=
  match nth_error l k, nth_error l j with Some a, Some b => if eq_dec a b then true else false | _, _ => false end.

Definition same (st : state) (k j : nat) : bool :=
  same_at bool_dec k j signs &&
  same_at (list_eq_dec coordinate_dec) k j (entries st) &&
  forallb (fun e => same_at decided_dec k j (snd e)) (PositiveMap.elements (acts st)).

Definition class (whole : bool) (st : state) (k : nat) : list nat :=
  if whole then filter (same st k) (seq 0 (length signs)) else [k].

Definition decide_all (st : state) (ks : list nat) (n : positive) (d : decision) : state :=
  fold_right (fun k st => decide st k n d) st ks.
Definition decide_entry_all (st : state) (ks : list nat) (i : nat) (d : coordinate) : state :=
  fold_right (fun k st => decide_entry st k i d) st ks.

Definition used (st : state) : nat :=
  count_nonzero (atoms st) + list_sum (map (fun l => Nat.max 2 (count_nonzero l)) (entries st)).

Definition over (st : state) : bool :=
  match budget with
  | None => false
  | Some B => Nat.ltb B (used st) || existsb (fun l => Nat.ltb (count_live l) 2) (entries st)
  end.

Definition spent (st : state) : bool :=
  match budget with None => false | Some B => Nat.leb B (used st) end.

Definition closed1 (full : bool) (l : list coordinate) : list bool :=
  map (fun d => match d with Open => full | Zero => true | Nonzero => false end) l.

Fixpoint fit_coefficients (upper : bool) (sg : list bool) (ds : list (option decision)) (chosen : list bool)
  : option (list Z) :=
  match sg, ds with
  | [], [] => Some []
  | g :: sg', d :: ds' =>
    let bit := hd false chosen in
    match
      match d with
      | None => if eqb g upper then Some (if bit then 1 else 0)%Z else None
      | Some e =>
        if bit then None
        else Some match e with
                  | NonNegative | Positive => (if eqb g upper then 1 else -1)%Z
                  | _ => 0%Z
                  end
      end, fit_coefficients upper sg' ds' (tl chosen)
    with
    | Some c, Some cf => Some (c :: cf)
    | _, _ => None
    end
  | _, _ => None
  end.

Definition unit (k : nat) (c : Z) : list Z := update k c (map (fun _ => 0%Z) signs).

Definition same_sign (k : nat) : bool :=
  match nth_error signs k, nth_error signs (S k) with Some g, Some h => eqb g h | _, _ => false end.

Definition add_row (st : state) (r : row) (y : Z) (s : sums) : option sums :=
  match r with
  | RDecided k n =>
    match PositiveMap.find n points, nth_error (decisions st n) k with
    | Some p, Some (Some d) =>
      let c := match d with NonNegative | Positive => (-1)%Z | _ => 1%Z end in
      let strict := match d with Positive | Negative => true | _ => false end in
      Some (Sums (add_blocks y (unit k c) (zx p) (sblocks s)) (satoms s) (sskip s) (sright s) (sstrict s || strict))
    | _, _ => None
    end
  | ROrder k =>
    if same_sign k && negb counting then
      Some (Sums (add_blocks y (unit (S k) 1) pivot (add_blocks y (unit k (-1)) pivot (sblocks s)))
             (satoms s) (sskip s) (sright s) (sstrict s))
    else None
  | ROrient k =>
    if affine && Nat.ltb k (length signs) then
      Some (Sums (add_blocks y (unit k (-1)) pivot (sblocks s)) (satoms s) (sskip s) (sright s) (sstrict s))
    else None
  | RFit n upper chosen =>
    match PositiveMap.find n points with
    | None => None
    | Some p =>
      match fit_coefficients upper signs (decisions st n) chosen with
      | None => None
      | Some cf =>
        let t := if upper then y else (- y)%Z in
        Some (Sums (add_blocks y cf (zx p) (sblocks s))
               (add_scaled t (zatoms p) (satoms s)) (add_scaled t (zskip p) (sskip s))
               (sright s + y * (if upper then zhi p else - zlo p))%Z (sstrict s))
      end
    end
  end.

Fixpoint add_rows (st : state) (rows : list (row * Z)) (s : sums) : option sums :=
  match rows with
  | [] => Some s
  | (r, y) :: rows' =>
    if Z.ltb 0 y then
      match add_row st r y s with Some s' => add_rows st rows' s' | None => None end
    else None
  end.

Definition no_sums : sums := Sums [] [] [] 0 false.

Definition check_leaf (st : state) (rows : list (row * Z)) : bool :=
  match add_rows st rows no_sums with
  | None => false
  | Some s =>
    let full := spent st in
    cancels_all (sblocks s) (map (fun l => closed1 (full && Nat.leb 2 (count_nonzero l)) l) (entries st)) &&
    cancels (satoms s) (closed1 full (atoms st)) &&
    cancels (sskip s) [] &&
    (Z.ltb (sright s) 0 || (Z.eqb (sright s) 0 && sstrict s))
  end.

(** A leaf closes its state; a branching, of what is open, leads to two. *)
Definition is_open (c : option coordinate) : bool := match c with Some Open => true | _ => false end.

Definition step (st : state) (t : node) : option (list state) :=
  match t with
  | Leaf rows => if check_leaf st rows then Some [] else None
  | Over => if over st then Some [] else None
  | Activation whole k n d =>
    match nth_error (decisions st n) k with
    | Some None =>
      if implb whole counting
      then Some [decide_all st (class whole st k) n d; decide st k n (other d)] else None
    | _ => None
    end
  | Weight whole k i d =>
    if is_open (nth_error (nth k (entries st) []) i) && implb whole counting
    then Some [decide_entry_all st (class whole st k) i d; decide_entry st k i (other_coordinate d)] else None
  | Atom a =>
    if is_open (nth_error (atoms st) a) then Some [decide_atom st a Zero; decide_atom st a Nonzero] else None
  end.

(** Nodes in preorder against the states that are to be closed, the next one first. Tail recursive. *)
Fixpoint walk {A} (read : A -> option node) (nodes : list A) (open : list state) : bool :=
  match nodes, open with
  | [], [] => true
  | a :: nodes', st :: open' =>
    match read a with
    | Some t => match step st t with Some children => walk read nodes' (children ++ open') | None => false end
    | None => false
    end
  | _, _ => false
  end.

(** ** Soundness *)

(** Neighbours of one sign are in order along [q]. *)
Fixpoint ordered (q : list Z) (sg : list bool) (V : list (list R)) : Prop :=
  match sg, V with
  | g :: sg', w :: V' =>
    match sg', V' with
    | h :: _, w' :: _ => (g = h -> dot (form q) w' <= dot (form q) w) /\ ordered q sg' V'
    | _, _ => True
    end
  | _, _ => True
  end.

Lemma Forall2_update {A B} (P : A -> B -> Prop) k v : forall l m,
  Forall2 P l m -> (forall b, nth_error m k = Some b -> P v b) -> Forall2 P (update k v l) m.
Proof.
  induction k as [|k IH]; intros l m F H; destruct F as [|a b l m Fa F]; cbn; try constructor; try assumption.
  - now apply H.
  - apply IH; [assumption|]; intros b' E; now apply H.
Qed.

Lemma Forall2_nth {A B} (P : A -> B -> Prop) : forall k l m a, Forall2 P l m -> nth_error l k = Some a ->
  exists b, nth_error m k = Some b /\ P a b.
Proof.
  induction k as [|k IH]; intros l m a F E; destruct F as [|a' b l m Fa F]; cbn in *; try discriminate.
  - injection E as <-; eauto.
  - eapply IH; eauto.
Qed.

Lemma dot_unit (sg : list bool) k v : forall z x, length z = length sg -> nth_error z k = Some x ->
  dot (form (update k v (map (fun _ => 0%Z) sg))) z = IZR v * x.
Proof.
  assert (Z0 : forall (sg : list bool) z, dot (form (map (fun _ => 0%Z) sg)) z = 0).
  { induction sg0 as [|g sg0 IH]; intros [|y z]; cbn; try reflexivity. unfold form in IH; rewrite IH; lra. }
  revert k; induction sg as [|g sg IH]; intros k z x L E; destruct z as [|y z]; cbn in L; try discriminate.
  - destruct k; discriminate.
  - destruct k as [|k]; cbn in *.
    + injection E as ->. change (map IZR) with form; rewrite Z0; lra.
    + change (map IZR) with form; rewrite (IH k z x) by (assumption || lia); lra.
Qed.

Lemma ordered_nth q : forall k sg V g w w', ordered q sg V ->
  nth_error sg k = Some g -> nth_error sg (S k) = Some g -> nth_error V k = Some w -> nth_error V (S k) = Some w' ->
  dot (form q) w' <= dot (form q) w.
Proof.
  induction k as [|k IH]; intros sg V g w w' O G G' N N';
    (destruct sg as [|a [|a' sg]]; try discriminate); (destruct V as [|v [|v' V]]; try discriminate);
    destruct O as [O1 O2].
  - cbn in *; injection G as ->; injection G' as ->; injection N as ->; injection N' as ->; now apply O1.
  - exact (IH (a' :: sg) (v' :: V) g w w' O2 G G' N N').
Qed.

Lemma fit_spec upper : forall sg ds chosen zs cf, length zs = length sg ->
  fit_coefficients upper sg ds chosen = Some cf -> Forall2 holds ds zs ->
  dot (form cf) zs <= (if upper then ssum sg zs else - ssum sg zs).
Proof.
  induction sg as [|g sg IH]; intros ds chosen zs cf L H F; cbn [fit_coefficients] in H.
  - destruct ds; [injection H as <-|discriminate]. destruct zs; [|discriminate]; cbn; destruct upper; lra.
  - destruct F as [|d z ds zs Fd F]; [discriminate|].
    destruct (fit_coefficients upper sg ds (tl chosen)) as [cf'|] eqn:E.
    2: { destruct d; destruct (hd false chosen); destruct (eqb g upper); discriminate. }
    assert (L' : length zs = length sg) by (cbn in L; lia).
    specialize (IH _ _ _ _ L' E F).
    pose proof (relu_ge z); pose proof (relu_nonneg z).
    destruct d as [d|].
    + destruct (hd false chosen); [discriminate|]; injection H as <-.
      destruct d; cbn [holds] in Fd;
        first [assert (E0 : relu z = z) by (apply relu_pos; lra) | assert (E0 : relu z = 0) by (apply relu_neg; lra)];
        destruct g; destruct upper; unfold form in *; cbn [dot map ssum eqb] in *; rewrite E0; lra.
    + destruct g; destruct upper; cbn [eqb] in H; try discriminate; injection H as <-;
        destruct (hd false chosen); unfold form in *; cbn [dot map ssum] in *; lra.
Qed.

Lemma count_spec l w : Forall2 has l w -> (count_nonzero l <= nonzeros w <= count_live l)%nat.
Proof.
  unfold count_nonzero, count_live, nonzeros; induction 1 as [|d u l w H F IH]; [cbn; lia|].
  assert (E : length (filter nonzero (u :: w)) =
    ((if Req_EM_T u 0 then 0 else 1) + length (filter nonzero w))%nat).
  { cbn [filter]; unfold nonzero at 1; now destruct (Req_EM_T u 0). }
  rewrite E; destruct (Req_EM_T u 0) as [e|e]; destruct d; cbn [filter length has] in *; try contradiction; lia.
Qed.

Lemma count_tight l w : Forall2 has l w -> (nonzeros w <= count_nonzero l)%nat ->
  Forall2 (fun d u => d = Open -> u = 0) l w.
Proof.
  induction 1 as [|d u l w H F IH]; intros T; constructor.
  - intros ->. destruct (count_spec _ _ F) as [B _].
    unfold count_nonzero, nonzeros in *; cbn in *; unfold nonzero at 1 in T; destruct (Req_EM_T u 0); cbn in *; [assumption|lia].
  - apply IH. destruct (count_spec _ _ F) as [B _].
    unfold count_nonzero, nonzeros in *; cbn in *; unfold nonzero at 1 in T.
    destruct (Req_EM_T u 0) as [e|e]; destruct d; cbn in *; try contradiction; lia.
Qed.

Lemma sum_le (ls : list (list coordinate)) (ws : list (list R)) :
  Forall2 (fun l w => (Nat.max 2 (count_nonzero l) <= nonzeros w)%nat) ls ws ->
  (list_sum (map (fun l => Nat.max 2 (count_nonzero l)) ls) <= list_sum (map nonzeros ws))%nat.
Proof. induction 1; cbn [map list_sum fold_right]; [lia|]. unfold list_sum in *; cbn [fold_right] in *; lia. Qed.

Lemma sum_tight (ls : list (list coordinate)) (ws : list (list R)) :
  Forall2 (fun l w => (Nat.max 2 (count_nonzero l) <= nonzeros w)%nat) ls ws ->
  (list_sum (map nonzeros ws) <= list_sum (map (fun l => Nat.max 2 (count_nonzero l)) ls))%nat ->
  Forall2 (fun l w => (nonzeros w <= Nat.max 2 (count_nonzero l))%nat) ls ws.
Proof.
  induction 1 as [|l w ls ws H F IH]; intros T; constructor; pose proof (sum_le _ _ F) as S;
    unfold list_sum in *; cbn [map fold_right] in *; [lia|apply IH; lia].
Qed.

Lemma closed1_shut full l w : Forall2 has l w -> (full = true -> Forall2 (fun d u => d = Open -> u = 0) l w) ->
  Forall2 shut (closed1 full l) w.
Proof.
  induction 1 as [|d u l w H F IH]; intros T; cbn; constructor.
  - intros E; destruct d; cbn in *; try assumption; try discriminate.
    specialize (T E); inversion T; subst; auto.
  - apply IH; intros E; specialize (T E); now inversion T.
Qed.

Lemma max2_le ls ws : Forall2 (Forall2 has) ls ws -> Forall (fun w => (2 <= nonzeros w)%nat) ws ->
  Forall2 (fun l w => (Nat.max 2 (count_nonzero l) <= nonzeros w)%nat) ls ws.
Proof.
  induction 1 as [|l w ls ws H _ IH]; intros T; inversion T; subst; constructor; auto.
  pose proof (count_spec _ _ H); lia.
Qed.

Lemma closed_tight ls ws : Forall2 (Forall2 has) ls ws ->
  Forall2 (fun l w => (nonzeros w <= Nat.max 2 (count_nonzero l))%nat) ls ws ->
  Forall2 (Forall2 shut) (map (fun l => closed1 (Nat.leb 2 (count_nonzero l)) l) ls) ws.
Proof.
  induction 1 as [|l w ls ws H _ IH]; intros TW; cbn [map]; inversion TW; subst; constructor; auto.
  apply closed1_shut; [assumption|]; intros L; apply Nat.leb_le in L. apply count_tight; [assumption|lia].
Qed.

Lemma closed_loose ls ws : Forall2 (Forall2 has) ls ws ->
  Forall2 (Forall2 shut) (map (fun l => closed1 false l) ls) ws.
Proof.
  induction 1 as [|l w ls ws H _ IH]; cbn [map]; constructor; auto.
  apply closed1_shut; [assumption|discriminate].
Qed.

Section Unknowns.

Variables (W : list (list R)) (c s : list R).

Definition output (p : zpoint) : R := ssum signs (pre (zx p) W) + (dot (form (zatoms p)) c + dot (form (zskip p)) s).

Definition within_budget : Prop :=
  match budget with
  | None => True
  | Some B => Forall (fun w => (2 <= nonzeros w)%nat) W /\ (list_sum (map nonzeros W) + nonzeros c <= B)%nat
  end.

Hypothesis W_signs : length W = length signs.
Hypothesis W_fits : forall n p, PositiveMap.find n points = Some p -> IZR (zlo p) <= output p <= IZR (zhi p).
Hypothesis W_ordered : counting = false -> ordered pivot signs W.
Hypothesis W_oriented : affine = true -> Forall (fun w => 0 <= dot (form pivot) w) W.
Hypothesis W_budget : within_budget.

(** What the path decided is true of the unknowns. *)
Definition agrees (st : state) : Prop :=
  (forall n p, PositiveMap.find n points = Some p -> Forall2 holds (decisions st n) (pre (zx p) W)) /\
  Forall2 (Forall2 has) (entries st) W /\ Forall2 has (atoms st) c.

Lemma pre_nth x k z : nth_error (pre x W) k = Some z -> exists w, nth_error W k = Some w /\ z = dot (form x) w.
Proof.
  unfold pre; rewrite nth_error_map; destruct (nth_error W k) as [w|]; cbn; intros [= <-]; eauto.
Qed.

(** Neuron [k] is on side [d] of point [n]; entry [i] of its weights is as [d] says; atom [a] is. *)
Definition on_side (k : nat) (n : positive) (d : decision) : Prop :=
  forall p w, PositiveMap.find n points = Some p -> nth_error W k = Some w -> holds (Some d) (dot (form (zx p)) w).
Definition weight_is (k i : nat) (d : coordinate) : Prop :=
  forall w u, nth_error W k = Some w -> nth_error w i = Some u -> has d u.
Definition atom_is (a : nat) (d : coordinate) : Prop := forall u, nth_error c a = Some u -> has d u.

Lemma agrees_decide st k n d : agrees st -> on_side k n d -> agrees (decide st k n d).
Proof.
  intros (A & E & C) H; split; [|split; assumption].
  intros m p Hp; unfold decisions, decide; cbn.
  destruct (Pos.eq_dec m n) as [->|ne].
  - rewrite PositiveMap.gss. apply Forall2_update; [now apply A|].
    intros z Hz; apply pre_nth in Hz as (w & Hw & ->); exact (H _ _ Hp Hw).
  - rewrite PositiveMap.gso by assumption; now apply A.
Qed.

Lemma agrees_entry st k i d : agrees st -> weight_is k i d -> agrees (decide_entry st k i d).
Proof.
  intros (A & E & C) H; split; [exact A|split; [|exact C]]; cbn.
  apply Forall2_update; [assumption|]; intros w Hw.
  destruct (nth_error (entries st) k) as [l|] eqn:El.
  - rewrite (nth_error_nth _ _ _ El).
    destruct (Forall2_nth _ _ _ _ _ E El) as (w' & Hw' & F). rewrite Hw in Hw'; injection Hw' as <-.
    apply Forall2_update; [assumption|]; intros u Hu; exact (H _ _ Hw Hu).
  - apply nth_error_None in El. rewrite (Forall2_len _ _ _ E) in El. apply nth_error_None in El; congruence.
Qed.

Lemma agrees_atom st a d : agrees st -> atom_is a d -> agrees (decide_atom st a d).
Proof.
  intros (A & E & C) H; split; [exact A|split; [exact E|]]; cbn.
  now apply Forall2_update.
Qed.

(** Branchings are exhaustive. *)
Lemma has_other d u : has d u \/ has (other_coordinate d) u.
Proof. destruct (Req_EM_T u 0), d; cbn; tauto. Qed.

Lemma side_exhaustive k n d : on_side k n d \/ on_side k n (other d).
Proof.
  unfold on_side; destruct (PositiveMap.find n points) as [p|]; [|left; discriminate].
  destruct (nth_error W k) as [w|]; [|left; discriminate]. set (z := dot (form (zx p)) w).
  assert (holds (Some d) z \/ holds (Some (other d)) z) as [D|D] by (destruct (Rlt_dec z 0), (Rlt_dec 0 z), d; cbn; lra);
    [left|right]; now intros p' w' [= <-] [= <-].
Qed.

Lemma weight_exhaustive k i d : weight_is k i d \/ weight_is k i (other_coordinate d).
Proof.
  unfold weight_is; destruct (nth_error W k) as [w|]; [|left; discriminate].
  destruct (nth_error w i) as [u|] eqn:E; [|left; intros w' u [= <-]; congruence].
  destruct (has_other d u); [left|right]; intros w' u' [= <-] E'; congruence.
Qed.

Lemma atom_exhaustive a : atom_is a Zero \/ atom_is a Nonzero.
Proof.
  unfold atom_is; destruct (nth_error c a) as [u|]; [|left; discriminate].
  destruct (has_other Zero u); [left|right]; now intros u' [= <-].
Qed.

(** *** Rows *)

Lemma length_pre x : length (pre x W) = length signs.
Proof. unfold pre; now rewrite map_length. Qed.

Lemma nth_W k : (k < length signs)%nat -> exists w, nth_error W k = Some w.
Proof.
  intros H; destruct (nth_error W k) eqn:E; eauto. apply nth_error_None in E; lia.
Qed.

Lemma nth_pre x k w : nth_error W k = Some w -> nth_error (pre x W) k = Some (dot (form x) w).
Proof. unfold pre; intros H; now rewrite (map_nth_error _ _ _ H). Qed.

Definition value (t : sums) : R := bdot (sblocks t) W + (dot (form (satoms t)) c + dot (form (sskip t)) s).
Definition true_sums (t : sums) : Prop := value t <= IZR (sright t) /\ (sstrict t = true -> value t < IZR (sright t)).

Lemma add_row_spec st r y t t' : agrees st -> (0 < y)%Z -> add_row st r y t = Some t' -> true_sums t -> true_sums t'.
Proof.
  intros Ag Hy H (V1 & V2). apply IZR_lt in Hy.
  destruct Ag as (A & _ & _).
  destruct r as [k n|k|k|n upper chosen]; cbn [add_row] in H.
  - destruct (PositiveMap.find n points) as [p|] eqn:Hp; [|discriminate].
    destruct (nth_error (decisions st n) k) as [[d|]|] eqn:Hd; try discriminate.
    injection H as <-. specialize (A n p Hp).
    destruct (Forall2_nth _ _ _ _ _ A Hd) as (z & Hz & Hh).
    unfold true_sums, value in *; cbn [sblocks satoms sskip sright sstrict].
    rewrite bdot_add_blocks; unfold unit; rewrite (dot_unit signs k _ _ z) by (apply length_pre || assumption).
    destruct d; cbn [holds] in Hh; (split; [|intros Hs; rewrite ?orb_false_r in Hs; try specialize (V2 Hs)]); nra.
  - destruct (same_sign k && negb counting) eqn:Hs; [|discriminate]; injection H as <-.
    apply andb_prop in Hs as [Hs Hc]; apply negb_true_iff in Hc.
    unfold same_sign in Hs. destruct (nth_error signs k) as [g|] eqn:G; [|discriminate].
    destruct (nth_error signs (S k)) as [h|] eqn:G'; [|discriminate].
    apply eqb_prop in Hs; subst h.
    destruct (nth_W k) as [w Hw]; [apply nth_error_Some; congruence|].
    destruct (nth_W (S k)) as [w' Hw']; [apply nth_error_Some; congruence|].
    pose proof (ordered_nth _ _ _ _ _ _ _ (W_ordered Hc) G G' Hw Hw') as O.
    unfold true_sums, value in *; cbn [sblocks satoms sskip sright sstrict].
    rewrite !bdot_add_blocks; unfold unit.
    rewrite (dot_unit signs k _ _ _ (length_pre _) (nth_pre pivot _ _ Hw)).
    rewrite (dot_unit signs (S k) _ _ _ (length_pre _) (nth_pre pivot _ _ Hw')).
    split; [|intros Hs; specialize (V2 Hs)]; nra.
  - destruct (affine && Nat.ltb k (length signs)) eqn:E; [|discriminate]; injection H as <-.
    apply andb_prop in E as [Ha Hk]; apply Nat.ltb_lt in Hk.
    destruct (nth_W k Hk) as [w Hw].
    pose proof (W_oriented Ha) as O; rewrite Forall_forall in O; specialize (O w (nth_error_In _ _ Hw)).
    unfold true_sums, value in *; cbn [sblocks satoms sskip sright sstrict].
    rewrite !bdot_add_blocks; unfold unit.
    rewrite (dot_unit signs k _ _ _ (length_pre _) (nth_pre pivot _ _ Hw)).
    split; [|intros Hs; specialize (V2 Hs)]; nra.
  - destruct (PositiveMap.find n points) as [p|] eqn:Hp; [|discriminate].
    destruct (fit_coefficients upper signs (decisions st n) chosen) as [cf|] eqn:Hc; [|discriminate].
    injection H as <-. specialize (A n p Hp).
    pose proof (fit_spec _ _ _ _ _ _ (length_pre (zx p)) Hc A) as F.
    pose proof (W_fits n p Hp) as Wi; unfold output in Wi.
    unfold true_sums, value in *; cbn [sblocks satoms sskip sright sstrict].
    rewrite !bdot_add_blocks, !dot_add_scaled, plus_IZR, mult_IZR.
    destruct upper; rewrite ?opp_IZR; (split; [|intros Hs; specialize (V2 Hs)]); nra.
Qed.

Lemma add_rows_spec st rows : agrees st -> forall t t',
  add_rows st rows t = Some t' -> true_sums t -> true_sums t'.
Proof.
  intros A; induction rows as [|[r y] rows IH]; cbn; intros t t' H T; [now injection H as <-|].
  destruct (Z.ltb_spec 0 y) as [Hy|]; [|discriminate].
  destruct (add_row st r y t) as [t1|] eqn:E; [|discriminate].
  eapply IH; [exact H|]; eapply add_row_spec; eauto.
Qed.

(** *** Counting *)

Lemma used_le st : agrees st -> Forall (fun w => (2 <= nonzeros w)%nat) W ->
  Forall2 (fun l w => (Nat.max 2 (count_nonzero l) <= nonzeros w)%nat) (entries st) W.
Proof. intros (_ & E & _) T; now apply max2_le. Qed.

Lemma over_spec st : agrees st -> over st = true -> False.
Proof.
  intros A H; unfold over in H; destruct budget as [B|] eqn:EB; [|discriminate].
  unfold within_budget in W_budget; rewrite EB in W_budget; destruct W_budget as [T S].
  pose proof (sum_le _ _ (used_le st A T)) as U. destruct A as (_ & E & C).
  apply orb_prop in H as [H|H].
  - apply Nat.ltb_lt in H; unfold used in H. pose proof (count_spec _ _ C). lia.
  - apply existsb_exists in H as (l & I & L); apply Nat.ltb_lt in L.
    apply In_nth_error in I as [k Hk]. destruct (Forall2_nth _ _ _ _ _ E Hk) as (w & Hw & F).
    rewrite Forall_forall in T; specialize (T w (nth_error_In _ _ Hw)).
    pose proof (count_spec _ _ F); lia.
Qed.

Lemma closed_spec st : agrees st ->
  Forall2 (Forall2 shut) (map (fun l => closed1 (spent st && Nat.leb 2 (count_nonzero l)) l) (entries st)) W /\
  Forall2 shut (closed1 (spent st) (atoms st)) c.
Proof.
  intros A.
  assert (T : spent st = true -> Forall2 (fun l w => (nonzeros w <= Nat.max 2 (count_nonzero l))%nat) (entries st) W /\
                                 (nonzeros c <= count_nonzero (atoms st))%nat).
  { intros H; unfold spent in H; destruct budget as [B|] eqn:EB; [|discriminate].
    unfold within_budget in W_budget; rewrite EB in W_budget; destruct W_budget as [T S].
    pose proof (used_le st A T) as U; pose proof (sum_le _ _ U) as L.
    apply Nat.leb_le in H; unfold used in H. destruct A as (_ & _ & C); pose proof (count_spec _ _ C).
    split; [apply sum_tight; [assumption|lia]|lia]. }
  destruct A as (_ & E & C); destruct (spent st); cbn [andb].
  - destruct (T eq_refl) as [TW TC]; split; [now apply closed_tight|].
    apply closed1_shut; [assumption|]; intros _; now apply count_tight.
  - split; [now apply closed_loose|]. apply closed1_shut; [assumption|discriminate].
Qed.

(** A leaf is a contradiction. *)
Lemma check_leaf_sound st rows : agrees st -> check_leaf st rows = true -> False.
Proof.
  intros A H; unfold check_leaf in H.
  destruct (add_rows st rows no_sums) as [t|] eqn:E; [|discriminate].
  assert (true_sums t) as [V1 V2].
  { eapply add_rows_spec; eauto. unfold true_sums, value; cbn. split; [lra|discriminate]. }
  destruct (closed_spec st A) as [CW CC].
  apply andb_prop in H as [H Hr]; apply andb_prop in H as [H Hs]; apply andb_prop in H as [Hb Ha].
  apply (cancels_all_spec _ _ _ Hb) in CW. apply (cancels_spec _ _ _ Ha) in CC.
  assert (S0 : dot (form (sskip t)) s = 0).
  { clear - Hs. generalize dependent s; induction (sskip t) as [|z l IH]; intros s0; cbn in *; [reflexivity|].
    apply andb_prop in Hs as [Hz Hs]. destruct s0 as [|v s0]; [reflexivity|].
    rewrite orb_false_r in Hz; apply Z.eqb_eq in Hz; subst. change (map IZR) with form; rewrite IH by assumption; lra. }
  unfold value in *; rewrite CW, CC, S0 in *.
  apply orb_prop in Hr as [Hr|Hr].
  - apply Z.ltb_lt, IZR_lt in Hr; lra.
  - apply andb_prop in Hr as [Hr Hstrict]; apply Z.eqb_eq in Hr; specialize (V2 Hstrict); rewrite Hr in V2; lra.
Qed.

End Unknowns.

(** *** Counting: members of a class can be exchanged *)

Definition swap {A} (k j : nat) (l : list A) : list A :=
  match nth_error l k, nth_error l j with Some a, Some b => update k b (update j a l) | _, _ => l end.

Lemma update_same {A} k : forall (l : list A) a, nth_error l k = Some a -> update k a l = l.
Proof. induction k as [|k IH]; intros [|x l] a E; cbn in *; try reflexivity; [congruence|]. now rewrite IH. Qed.

Lemma nth_update {A} j v k : forall (l : list A) x, nth_error l k = Some x ->
  nth_error (update j v l) k = Some (if Nat.eqb k j then v else x).
Proof.
  revert k; induction j as [|j IH]; intros [|k] [|y l] x E; cbn in *; try discriminate; try congruence; auto.
Qed.

Lemma map_update {A B} (f : A -> B) k v : forall l, map f (update k v l) = update k (f v) (map f l).
Proof. induction k as [|k IH]; intros [|x l]; cbn; try reflexivity. now rewrite IH. Qed.

Lemma combine_update {A B} k (a : A) (b : B) : forall l m,
  combine (update k a l) (update k b m) = update k (a, b) (combine l m).
Proof. induction k as [|k IH]; intros [|x l] [|y m]; cbn; try reflexivity. now rewrite IH. Qed.

Lemma perm_update {A} k v : forall (l : list A) a, nth_error l k = Some a -> Permutation (a :: update k v l) (v :: l).
Proof.
  induction k as [|k IH]; intros [|x l] a E; cbn in *; try discriminate.
  - injection E as ->; apply perm_swap.
  - rewrite perm_swap, (IH l a E); apply perm_swap.
Qed.

Lemma swap_perm {A} k j (l : list A) : Permutation (swap k j l) l.
Proof.
  unfold swap; destruct (nth_error l k) as [a|] eqn:K; [|reflexivity]. destruct (nth_error l j) as [b|] eqn:J; [|reflexivity].
  apply (Permutation_cons_inv (a := a)).
  rewrite (perm_update k b (update j a l) a), (perm_update j a l b) by
    (assumption || (erewrite nth_update by eassumption; now destruct (Nat.eqb k j))).
  reflexivity.
Qed.

(** [k] and [j] hold equal entries in [l]. *)
Definition alike {A} (k j : nat) (l : list A) : Prop := exists a, nth_error l k = Some a /\ nth_error l j = Some a.

Lemma swap_alike {A} k j (l : list A) : alike k j l -> swap k j l = l.
Proof. intros (a & K & J); unfold swap; rewrite K, J, (update_same j l a J), (update_same k l a K); reflexivity. Qed.

Lemma swap_map {A B} (f : A -> B) k j l : swap k j (map f l) = map f (swap k j l).
Proof.
  unfold swap; rewrite !nth_error_map; destruct (nth_error l k), (nth_error l j); cbn; try reflexivity.
  now rewrite !map_update.
Qed.

Lemma Forall2_update_r {A B} (P : A -> B -> Prop) k v : forall l m,
  Forall2 P l m -> (forall a, nth_error l k = Some a -> P a v) -> Forall2 P l (update k v m).
Proof.
  induction k as [|k IH]; intros l m F H; destruct F as [|a b l m Fa F]; cbn; try constructor; auto.
Qed.

Lemma Forall2_swap {A B} (P : A -> B -> Prop) k j l m : alike k j l -> Forall2 P l m -> Forall2 P l (swap k j m).
Proof.
  intros (a & K & J) F. destruct (Forall2_nth _ _ _ _ _ F K) as (b & Kb & Pb), (Forall2_nth _ _ _ _ _ F J) as (b' & Jb & Pb').
  unfold swap; rewrite Kb, Jb.
  repeat apply Forall2_update_r; try assumption; intros a0 E0; rewrite K in E0 || rewrite J in E0; now injection E0 as <-.
Qed.

Lemma ssum_combine sg : forall zs, ssum sg zs = 
  sum (map (fun e : bool * R => if fst e then relu (snd e) else - relu (snd e)) (combine sg zs)).
Proof. induction sg as [|g sg IH]; intros [|z zs]; cbn; try reflexivity. now rewrite IH. Qed.

Lemma ssum_swap sg k j zs : length zs = length sg -> alike k j sg -> ssum sg (swap k j zs) = ssum sg zs.
Proof.
  intros L (g & K & J).
  destruct (nth_error zs k) as [a|] eqn:Ka; [|unfold swap; now rewrite Ka].
  destruct (nth_error zs j) as [b|] eqn:Jb; [|unfold swap; now rewrite Ka, Jb].
  assert (N : forall i g z, nth_error sg i = Some g -> nth_error zs i = Some z -> nth_error (combine sg zs) i = Some (g, z)).
  { clear; intros i; revert sg zs; induction i as [|i IH]; intros [|g sg] [|z zs]; cbn; try discriminate; [congruence|apply IH]. }
  assert (E : combine sg (swap k j zs) = swap k j (combine sg zs)).
  { unfold swap; rewrite Ka, Jb, (N k g a), (N j g b) by assumption.
    rewrite <- !combine_update, (update_same j sg g), (update_same k sg g) by assumption; reflexivity. }
  rewrite !ssum_combine, E. apply sum_perm, Permutation_map, swap_perm.
Qed.

(** *** The theorem *)

(** The weights [W], atoms [c] and skip [s] meet the windows and every row that the tree may use. *)
Definition solves (W : list (list R)) (c s : list R) : Prop :=
  length W = length signs /\
  (forall n p, PositiveMap.find n points = Some p -> IZR (zlo p) <= output W c s p <= IZR (zhi p)) /\
  (counting = false -> ordered pivot signs W) /\
  (affine = true -> Forall (fun w => 0 <= dot (form pivot) w) W) /\
  within_budget W c.

Lemma solves_swap W c s k j : counting = true -> alike k j signs -> solves W c s -> solves (swap k j W) c s.
Proof.
  intros Hc A (L & F & O & Or & B); pose proof (swap_perm k j W) as P.
  split; [|split; [|split; [|split]]].
  - now rewrite (Permutation_length P).
  - intros n p Hp; specialize (F n p Hp); unfold output, pre in *.
    now rewrite <- swap_map, ssum_swap by (rewrite ?map_length; assumption).
  - congruence.
  - intros Ha; eapply Permutation_Forall; [symmetry; exact P|auto].
  - unfold within_budget in *; destruct budget; [|exact I]. destruct B as [B1 B2]; split.
    + eapply Permutation_Forall; [symmetry; exact P|assumption].
    + now rewrite (list_sum_perm _ _ (Permutation_map nonzeros P)).
Qed.

Lemma same_at_spec {A} dec k j (l : list A) : same_at dec k j l = true -> alike k j l.
Proof.
  unfold same_at, alike; destruct (nth_error l k) as [a|], (nth_error l j) as [b|]; try discriminate.
  destruct (dec a b); [subst; eauto|discriminate].
Qed.

Lemma agrees_swap W c st k j : same st k j = true -> agrees W c st -> agrees (swap k j W) c st.
Proof.
  unfold same; intros H (A & E & C); apply andb_prop in H as [H Hd]; apply andb_prop in H as [Hs He].
  apply same_at_spec in Hs, He. split; [|split; [now apply Forall2_swap|assumption]].
  intros n p Hp; unfold pre; rewrite <- swap_map. apply Forall2_swap; [|now apply A].
  unfold decisions; destruct (PositiveMap.find n (acts st)) as [l|] eqn:Hl.
  - apply PositiveMap.elements_correct in Hl. rewrite forallb_forall in Hd. eapply same_at_spec, (Hd _ Hl).
  - destruct Hs as (g & K & J). exists None; now rewrite !nth_error_map, K, J.
Qed.

Lemma class_swap W c s whole st k j : implb whole counting = true -> In j (class whole st k) ->
  solves W c s -> agrees W c st ->
  solves (swap k j W) c s /\ agrees (swap k j W) c st /\
  forall w, nth_error (swap k j W) k = Some w -> nth_error W j = Some w.
Proof.
  unfold class; destruct whole; cbn [implb]; intros Hc I S A.
  - apply filter_In in I as [_ I]. assert (alike k j signs) as (g & K & J).
    { unfold same in I; do 2 apply andb_prop in I as [I _]; eapply same_at_spec, I. }
    split; [apply solves_swap; try assumption; now exists g|split; [now apply agrees_swap|]].
    intros w; unfold swap; destruct S as [L _].
    destruct (nth_W W L k) as [a Ka]; [apply nth_error_Some; congruence|].
    destruct (nth_W W L j) as [b Jb]; [apply nth_error_Some; congruence|].
    rewrite Ka, Jb; erewrite nth_update by (erewrite nth_update by eassumption; reflexivity).
    now rewrite Nat.eqb_refl.
  - destruct I as [->|[]]. replace (swap j j W) with W; [auto|].
    symmetry; unfold swap; destruct (nth_error W j) as [a|] eqn:E; [|reflexivity]. now rewrite !(update_same j W a).
Qed.

Lemma agrees_decide_all W c ks n d st : agrees W c st ->
  (forall k, In k ks -> on_side W k n d) -> agrees W c (decide_all st ks n d).
Proof.
  intros A H; unfold decide_all; induction ks as [|k ks IH]; cbn [fold_right]; [assumption|].
  apply agrees_decide; [apply IH; intros; apply H; now right|apply H; now left].
Qed.

Lemma agrees_entry_all W c ks i d st : agrees W c st ->
  (forall k, In k ks -> weight_is W k i d) -> agrees W c (decide_entry_all st ks i d).
Proof.
  intros A H; unfold decide_entry_all; induction ks as [|k ks IH]; cbn [fold_right]; [assumption|].
  apply agrees_entry; [apply IH; intros; apply H; now right|apply H; now left].
Qed.

Lemma all_or_some {A} (P Q : A -> Prop) l : (forall a, P a \/ Q a) ->
  (forall a, In a l -> P a) \/ exists a, In a l /\ Q a.
Proof.
  intros D; induction l as [|a l [IH|(b & I & Qb)]]; [left; intros a []| |right; exists b; cbn; auto].
  destruct (D a); [left; intros b [->|]; auto|right; exists a; cbn; auto].
Qed.

(** No weights that solve the problem are in the region of a state. *)
Definition refuted (st : state) : Prop := forall W c s, solves W c s -> agrees W c st -> False.

Lemma step_sound st t children : step st t = Some children -> Forall refuted children -> refuted st.
Proof.
  destruct t as [rows| |whole k n d|whole k i d|a]; cbn [step]; intros H R W c s S A.
  - destruct (check_leaf st rows) eqn:E; [|discriminate].
    destruct S as (L & F & O & Or & B); eapply check_leaf_sound; eassumption.
  - destruct (over st) eqn:E; [|discriminate]. destruct S as (L & F & O & Or & B); eapply over_spec; eassumption.
  - destruct (nth_error (decisions st n) k) as [[|]|]; try discriminate.
    destruct (implb whole counting) eqn:Hc; [|discriminate]. injection H as <-.
    inversion R as [|? ? R1 R']; inversion R' as [|? ? R2 _]; subst.
    destruct (all_or_some _ _ (class whole st k) (fun j => side_exhaustive W j n d)) as [D|(j & I & D)].
    + apply (R1 W c s S). now apply agrees_decide_all.
    + destruct (class_swap _ _ _ _ _ _ _ Hc I S A) as (S' & A' & N).
      apply (R2 _ _ _ S'). apply agrees_decide; [assumption|]. intros p w Hp Hw; exact (D p w Hp (N w Hw)).
  - destruct (is_open _); [|discriminate]; cbn [andb] in H.
    destruct (implb whole counting) eqn:Hc; [|discriminate]. injection H as <-.
    inversion R as [|? ? R1 R']; inversion R' as [|? ? R2 _]; subst.
    destruct (all_or_some _ _ (class whole st k) (fun j => weight_exhaustive W j i d)) as [D|(j & I & D)].
    + apply (R1 W c s S). now apply agrees_entry_all.
    + destruct (class_swap _ _ _ _ _ _ _ Hc I S A) as (S' & A' & N).
      apply (R2 _ _ _ S'). apply agrees_entry; [assumption|]. intros w u Hw Hu; exact (D w u (N w Hw) Hu).
  - destruct (is_open _); [|discriminate]. injection H as <-.
    inversion R as [|? ? R1 R']; inversion R' as [|? ? R2 _]; subst.
    destruct (atom_exhaustive c a); [apply (R1 W c s S)|apply (R2 W c s S)]; now apply agrees_atom.
Qed.

(** Nodes that are accepted refute all the states that were to be closed. *)
Theorem walk_sound {A} (read : A -> option node) nodes : forall open, walk read nodes open = true -> Forall refuted open.
Proof.
  induction nodes as [|a nodes IH]; intros [|st open] H; cbn [walk] in H; try discriminate; [constructor|].
  destruct (read a) as [t|]; [|discriminate]. destruct (step st t) as [children|] eqn:E; [|discriminate].
  apply IH, Forall_app in H as [Hc Ho]. constructor; [exact (step_sound _ _ _ E Hc)|assumption].
Qed.

End Checker.
